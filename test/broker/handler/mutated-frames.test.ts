/**
 * Requests with random damage: each is answered or closes its connection, and nobody else notices.
 */
import { expect, test, vi } from 'vitest'
import { randomBelow, seededRandom } from '../../../src/base/random.ts'
import { servedApis } from '../../../src/broker/api-table.ts'
import type { Api } from '../../../src/protocol/codec.ts'
import { apiVersionsApi } from '../../../src/protocol/generated/18-api-versions.ts'
import { apis } from '../../../src/protocol/generated/apis.ts'
import { encodeRequestFrame } from '../../../src/protocol/header.ts'
import { startTestBroker } from '../fixture.ts'
import { sampleRequests } from './sample-requests.ts'

const seed = Number(process.env['ODRADEK_SEED'] ?? Date.now() % 2 ** 32)
const framesPerApi = 300

test(`mutated frames of every API, seed ${seed}`, { timeout: 60_000 }, async () => {
  const config = { 'group.initial.rebalance.delay.ms': '0', 'num.partitions': '2' }
  const { broker, plane, lines } = await startTestBroker({ configs: config })
  const random = seededRandom(seed)
  const outcomes = { answered: 0, closed: 0, waiting: 0 }
  let connection = 1
  for (const served of servedApis.values()) {
    const api = apis.get(served.key) as Api<unknown, unknown, unknown, unknown>
    for (let i = 0; i < framesPerApi; i++) {
      const versions = served.versionMax - served.versionMin + 1
      const version = served.versionMin + randomBelow(random, versions)
      const request = sampleRequests[served.key]?.(version)
      const frame = Buffer.from(encodeRequestFrame(api, version, 1, 'c', request).subarray(4))
      const mutated = mutate(frame, () => random.uint32())
      outcomes.waiting++
      // Each has its own connection: a join that waits for its group must not hold up the others.
      void plane.sendBytes(mutated, connection++).then((outcome) => {
        outcomes.waiting--
        if (outcome === 'closed') outcomes.closed++
        else outcomes.answered++
      })
      if (i % 50 === 0) {
        const canary = { clientSoftwareName: 'canary', clientSoftwareVersion: '1' }
        expect((await plane.send(apiVersionsApi, 3, canary, 0)).errorCode).toBe(0)
      }
    }
  }
  // Only joins and syncs may wait, for other members of their group and as long as they asked to.
  const total = framesPerApi * servedApis.size
  await vi.waitUntil(() => outcomes.waiting < framesPerApi, { timeout: 20_000 })
  expect(lines.filter((line) => line.includes('ERROR'))).toEqual([])
  expect(outcomes.answered).toBeGreaterThan(total / 8)
  expect(outcomes.closed).toBeGreaterThan(total / 20)
  await broker.stop()
})

/** Key, version and correlation id: damage there ends most requests before their handler. */
const fixedHeaderBytes = 8

/** One of the ways in which bytes go wrong; usually behind the header. */
function mutate(frame: Buffer, random: () => number): Buffer {
  const from = random() % 8 === 0 ? 0 : fixedHeaderBytes
  const at = from + (random() % (frame.length - from))
  const copy = Buffer.from(frame)
  switch (random() % 8) {
    case 0:
      return copy.subarray(0, at)
    case 1:
      return copy.fill(random() % 2 === 0 ? 0xff : 0x7f, at, Math.min(at + 4, copy.length))
    case 2:
      return Buffer.concat([copy.subarray(0, at), copy])
    case 3:
      return Buffer.concat([copy.subarray(0, at), copy.subarray(at + 1 + (random() % 8))])
    case 4:
      return copy.fill(random() & 0xff, at, at + 1)
    default:
      return copy.fill((copy[at] ?? 0) ^ (1 << (random() % 8)), at, at + 1)
  }
}
