import { describe, expect, it, test } from 'vitest'
import {
  type ClientKind,
  configsOf,
  configsOfOthers,
} from '../../../src/cli/client-config/names.ts'
import { Admin, Consumer, Producer } from '../../../src/client/index.ts'

const kinds = ['admin', 'producer', 'consumer'] as const
const valid: Readonly<Record<string, string>> = {
  'compression.type': 'zstd',
  'auto.offset.reset': 'earliest',
  'isolation.level': 'read_committed',
  'delivery.timeout.ms': '200000',
  'max.in.flight.requests.per.connection': '3',
  'compression.level': '3',
  'heartbeat.interval.ms': '4000',
  acks: '-1',
}

/** A client with these options, which checks them and connects nowhere. */
async function make(kind: ClientKind, options: object): Promise<void> {
  const all = { bootstrapServers: 'localhost:1', ...options }
  if (kind === 'admin') await new Admin(all).close()
  else if (kind === 'producer') await new Producer(all).close()
  else await new Consumer(all).close()
}

test.each(kinds)(
  'every config of the table is an option of the %s, with its type',
  async (kind) => {
    const options: Record<string, unknown> = {}
    for (const [name, { option, read }] of configsOf(kind)) {
      const text = valid[name] ?? ['true', '40000'].find((one) => typeof read(one) !== 'string')
      const outcome = read(text ?? 'some-text')
      if (typeof outcome === 'string') throw new Error(`${name}: ${outcome}`)
      options[option] = outcome.value
    }
    for (const [name, value] of Object.entries(options)) {
      if (value === 'true') options[name] = 'some-text'
    }
    expect(Object.keys(options).length).toBe(configsOf(kind).size)
    await make(kind, options)
  },
)

describe('values', () => {
  const value = (kind: ClientKind, name: string, text: string): unknown => {
    const outcome = configsOf(kind).get(name)?.read(text)
    return typeof outcome === 'object' ? outcome.value : outcome
  }

  it.each([
    ['producer', 'acks', 'all', 'all'],
    ['producer', 'acks', '-1', 'all'],
    ['producer', 'acks', '1', 1],
    ['producer', 'acks', '0', 0],
    ['producer', 'acks', '2', 'all, -1, 0 or 1'],
    ['producer', 'linger.ms', '5', 5],
    ['producer', 'linger.ms', '5ms', 'a whole number'],
    ['producer', 'linger.ms', '', 'a whole number'],
    ['consumer', 'check.crcs', 'FALSE', false],
    ['consumer', 'check.crcs', 'no', 'true or false'],
    ['admin', 'connections.max.idle.ms', '-1', Infinity],
    ['consumer', 'auto.offset.reset', 'latest', 'latest'],
    ['consumer', 'auto.offset.reset', 'by_duration:PT1H30M', { durationMs: 5_400_000 }],
    ['consumer', 'auto.offset.reset', 'by_duration:P2DT1S', { durationMs: 172_801_000 }],
    ['consumer', 'auto.offset.reset', 'by_duration:PT0.5S', { durationMs: 500 }],
    // The client knows what it may be, and refuses this one.
    ['consumer', 'auto.offset.reset', 'by_duration:P', 'by_duration:P'],
  ] as const)('of the %s: %s=%s is %j', (kind, name, text, expected) => {
    expect(value(kind, name, text)).toEqual(expected)
  })
})

test('what belongs to other clients is known, what all have is not of others', () => {
  expect(configsOfOthers('consumer')).toContain('linger.ms')
  expect(configsOfOthers('producer')).toContain('group.id')
  for (const kind of kinds) {
    expect(configsOfOthers(kind)).not.toContain('client.id')
    for (const name of configsOf(kind).keys()) expect(configsOfOthers(kind)).not.toContain(name)
  }
})
