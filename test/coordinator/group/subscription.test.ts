import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isHarmful } from '../../../src/coordinator/group/subscription.ts'
import { encodeMessage } from '../../../src/protocol/codec.ts'
import { consumerProtocolSubscription } from '../../../src/protocol/generated/record/consumer-protocol.ts'
import { GroupFixture } from './group-fixture.ts'

const bytes = (...parts: readonly (number | string)[]): Uint8Array =>
  Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from([part]))),
  )

/** Members that join in Apache Kafka 4.3.1, and those that it never answers. */
const answered: readonly (readonly [string, Uint8Array])[] = [
  ['nothing at all', bytes()],
  ['half a version', bytes(0)],
  ['a version only', bytes(0, 0)],
  ['a negative version', bytes(255, 255, 0, 0, 0, 0, 255, 255, 255, 255)],
  ['an unknown version with the first fields', bytes(0, 99, 0, 0, 0, 0, 255, 255, 255, 255)],
  ['no user data', bytes(0, 0, 0, 0, 0, 0)],
  ['half a length of a topic', bytes(0, 0, 0, 0, 0, 1, 0)],
  ['owned partitions that cannot be', bytes(0, 1, 0, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 9)],
]
const unanswered: readonly (readonly [string, Uint8Array])[] = [
  ['text', bytes('what this member reads')],
  ['a negative number of topics', bytes(0, 0, 255, 255, 255, 255)],
  ['a topic that is not there', bytes(0, 0, 0, 0, 0, 1)],
  ['a topic that is cut off', bytes(0, 0, 0, 0, 0, 1, 0, 9, 'ab')],
  ['a topic without a name', bytes(0, 0, 0, 0, 0, 1, 255, 255, 0, 0, 0, 0)],
  ['user data that is cut off', bytes(0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 'ab')],
]

describe('a subscription', () => {
  it.each(answered)('that Kafka can live with is taken: %s', async (_, metadata) => {
    expect(isHarmful(metadata)).toBe(false)
    const fixture = await GroupFixture.start()
    expect((await fixture.join('g', { metadata })).errorCode).toBe(0)
  })

  it.each(unanswered)('that Kafka fails over is refused: %s', async (_, metadata) => {
    expect(isHarmful(metadata)).toBe(true)
    const fixture = await GroupFixture.start()
    expect((await fixture.join('g', { metadata })).errorCode).toBe(23)
    // Only Kafka's consumers say in it what they read.
    const other = { metadata, protocolType: 'connect' }
    expect((await fixture.join('h', other)).errorCode).toBe(0)
  })

  it('that a client encodes is never harmful, at whatever offset it lies', () => {
    const subscription = fc.record({
      topics: fc.array(fc.string({ maxLength: 20 }), { maxLength: 5 }),
      userData: fc.option(fc.uint8Array({ maxLength: 20 })),
    })
    const property = fc.property(subscription, fc.nat({ max: 3 }), (value, version) => {
      const body = encodeMessage(consumerProtocolSubscription, version, value)
      const whole = Buffer.concat([bytes('before', 0, version), body])
      expect(isHarmful(whole.subarray(6))).toBe(false)
    })
    fc.assert(property)
  })

  it('of any bytes is judged without a fault', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (any) => {
        expect(typeof isHarmful(any)).toBe('boolean')
      }),
    )
  })
})
