/**
 * Metadata logs made up at random, against a naive model: read at once, in pieces, and from a
 * snapshot on, they give the same; and no image changes after it was made.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { seededRandom } from '../../src/base/random.ts'
import { emptyImage, type MetadataImage } from '../../src/metadata/image.ts'
import { encodeRecords } from '../../src/metadata/records.ts'
import { Replay } from '../../src/metadata/replay.ts'
import { decodeSnapshot, encodeSnapshot, snapshotIdOf } from '../../src/metadata/snapshot.ts'
import type { MetadataRecordInput } from '../../src/protocol/metadata-record.ts'
import { applyNaively, asNaive, type NaiveMetadata, nothing } from './naive-metadata.ts'

/** One step of a log: what kind, and numbers that choose among what is there. */
type Step = readonly [kind: Kind, a: number, b: number, c: number]

const kinds = [
  ...(['topic', 'topic', 'remove', 'partition', 'partition', 'change', 'change'] as const),
  ...(['config', 'config', 'register', 'unregister', 'fence', 'feature', 'ids', 'acl'] as const),
]
type Kind = (typeof kinds)[number]

const number = fc.nat({ max: 30 })
const step: fc.Arbitrary<Step> = fc.tuple(fc.constantFrom(...kinds), number, number, number)

/** Steps that go into the log together: as batches of their own, or bracketed. */
const group = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 12 }),
  end: fc.constantFrom('none', 'none', 'commit', 'abort'),
  split: fc.nat({ max: 12 }),
})
type Group = typeof group extends fc.Arbitrary<infer G> ? G : never
const groups = fc.array(group, { minLength: 1, maxLength: 8 })

interface Made {
  /** The log in pieces, each of whole groups. */
  readonly pieces: readonly Uint8Array[]
  /** What the model holds behind each piece. */
  readonly states: readonly NaiveMetadata[]
}

function made(all: readonly Group[]): Made {
  const ids = seededRandom(7)
  let offset = 0
  let state = nothing()
  const pieces: Uint8Array[] = []
  const states: NaiveMetadata[] = []
  const piece = (...batches: readonly (readonly MetadataRecordInput[])[]): void => {
    const parts: Uint8Array[] = []
    for (const records of batches) {
      if (records.length === 0) continue
      const place = { baseOffset: offset, partitionLeaderEpoch: 1 + pieces.length }
      parts.push(encodeRecords(records, 1_000 + offset, place))
      offset += records.length
    }
    pieces.push(Buffer.concat(parts))
    states.push(structuredClone(state))
  }
  applyNaively(state, feature('metadata.version', 30))
  piece([feature('metadata.version', 30)])
  for (const { steps, end, split } of all) {
    const next = structuredClone(state)
    const records: MetadataRecordInput[] = []
    for (const one of steps) {
      const record = recordOf(next, one, ids.uuid)
      if (record === undefined) continue
      applyNaively(next, record)
      records.push(record)
    }
    if (end !== 'abort') state = next
    const halves = [records.slice(0, split), records.slice(split)]
    if (end === 'none') piece(...halves)
    else piece([bracket('Begin')], ...halves, [bracket(end === 'commit' ? 'End' : 'Abort')])
  }
  return { pieces, states }
}

/** The record that a step stands for where the log has come to; undefined where none fits. */
function recordOf(
  { topics, brokers }: NaiveMetadata,
  [kind, a, b, c]: Step,
  uuid: () => string,
): MetadataRecordInput | undefined {
  const ids = Object.keys(topics)
  const topicId = ids[a % Math.max(1, ids.length)] ?? ''
  const topic = topics[topicId]
  const count = topic?.partitions.length ?? 0
  const name = `t${a % 6}`
  const id = 1 + (a % 3)
  switch (kind) {
    case 'topic':
      if (Object.values(topics).some((one) => one.name === name)) return undefined
      return { name: 'TopicRecord', version: 0, value: { name, topicId: uuid() } }
    case 'remove':
      return topic && { name: 'RemoveTopicRecord', version: 0, value: { topicId } }
    case 'partition':
      // Behind the last one, or one of those again.
      return topic && partition(topicId, b % (count + 1), 1 + (c % 3))
    case 'change':
      return count === 0 ? undefined : change(topicId, b % count, b, c)
    case 'config':
      // Configs of a topic are there only while it is.
      return b % 2 === 0 && topic !== undefined
        ? config(2, topic.name, `k${b % 3}`, c)
        : config(4, b % 3 === 0 ? '' : `${id}`, `k${b % 3}`, c)
    case 'register':
      return register(id, b, c)
    case 'unregister': {
      const value = { brokerId: id, brokerEpoch: 0 }
      return brokers[id] && { name: 'UnregisterBrokerRecord', version: 0, value }
    }
    case 'fence': {
      const fence = b % 2 === 0 ? 'FenceBrokerRecord' : 'UnfenceBrokerRecord'
      return brokers[id] && { name: fence, version: 0, value: { id, epoch: 0 } }
    }
    case 'feature':
      return feature(`feature.${a % 3}`, b % 3)
    case 'ids':
      return {
        name: 'ProducerIdsRecord',
        version: 0,
        value: { brokerId: 1, nextProducerId: a * 1000 },
      }
    case 'acl':
      return acl(a, b)
  }
}

function image(base: MetadataImage, ...pieces: readonly Uint8Array[]): MetadataImage {
  const replay = new Replay(base)
  for (const bytes of pieces) expect(replay.feed(bytes)).toBe(bytes.length)
  return replay.finish()
}

it('a log says what the naive model says, at once and piece by piece', () => {
  fc.assert(
    fc.property(groups, (all) => {
      const { pieces, states } = made(all)
      const whole = image(emptyImage, ...pieces)
      expect(asNaive(whole)).toEqual(states.at(-1))
      const images: MetadataImage[] = []
      for (const bytes of pieces) images.push(image(images.at(-1) ?? emptyImage, bytes))
      expect(images.at(-1)).toEqual(whole)
      // Each is still as it was when it was made: later ones share with it and change nothing.
      expect(images.map(asNaive)).toEqual(states)
    }),
    { numRuns: 150 },
  )
})

it('a snapshot anywhere, and the log behind it, say what the whole log says', () => {
  fc.assert(
    fc.property(groups, number, (all, at) => {
      const { pieces } = made(all)
      const cut = 1 + (at % pieces.length)
      const before = image(emptyImage, ...pieces.slice(0, cut))
      const read = decodeSnapshot(snapshotIdOf(before), encodeSnapshot(before, 5))
      expect(read).toEqual(before)
      const whole = image(emptyImage, ...pieces)
      expect(image(read, ...pieces.slice(cut))).toEqual(whole)
      // The log from its beginning: what is in the snapshot already is passed over.
      expect(image(read, ...pieces)).toEqual(whole)
    }),
    { numRuns: 100 },
  )
})

it('a log that arrives in two parts, cut at any byte, says what it says whole', () => {
  fc.assert(
    fc.property(groups, fc.nat({ max: 36 }), (all, first) => {
      const { pieces } = made(all)
      const log = Buffer.concat(pieces)
      const whole = image(emptyImage, log)
      for (let cut = first; cut <= log.length; cut += 37) {
        const replay = new Replay(emptyImage)
        const read = replay.feed(log.subarray(0, cut))
        expect(read).toBeLessThanOrEqual(cut)
        expect(replay.feed(log.subarray(read))).toBe(log.length - read)
        expect(replay.finish()).toEqual(whole)
      }
    }),
    { numRuns: 10 },
  )
})

function bracket(which: 'Begin' | 'End' | 'Abort'): MetadataRecordInput {
  if (which === 'Begin') return { name: 'BeginTransactionRecord', version: 0, value: { name: 'x' } }
  if (which === 'End') return { name: 'EndTransactionRecord', version: 0, value: {} }
  return { name: 'AbortTransactionRecord', version: 0, value: { reason: 'x' } }
}

function feature(name: string, featureLevel: number): MetadataRecordInput {
  return { name: 'FeatureLevelRecord', version: 0, value: { name, featureLevel } }
}

function partition(topicId: string, partitionId: number, leader: number): MetadataRecordInput {
  const lists = { replicas: [leader, 7], isr: [leader], removingReplicas: [], addingReplicas: [] }
  const value = { partitionId, topicId, ...lists, leader, leaderEpoch: 0, partitionEpoch: 0 }
  return { name: 'PartitionRecord', version: 2, value }
}

/** A change of one field or of several, as the bits of `which` say. */
function change(topicId: string, partitionId: number, which: number, to: number) {
  const fields = {
    ...(which & 1 ? { leader: (to % 4) - 1 } : {}),
    ...(which & 2 ? { isr: to % 2 === 0 ? [] : [to] } : {}),
    ...(which & 4 ? { replicas: [to, to + 1] } : {}),
    ...(which & 8 ? { eligibleLeaderReplicas: [to] } : {}),
  }
  const value = { topicId, partitionId, ...fields }
  return { name: 'PartitionChangeRecord', version: 2, value } satisfies MetadataRecordInput
}

/** A third of them takes the config away. */
function config(resourceType: number, resourceName: string, name: string, to: number) {
  const value = { resourceType, resourceName, name, value: to % 3 === 0 ? null : `v${to}` }
  return { name: 'ConfigRecord', version: 0, value } satisfies MetadataRecordInput
}

function register(brokerId: number, brokerEpoch: number, c: number): MetadataRecordInput {
  const endPoints = [{ name: 'P', host: 'h', port: 9092, securityProtocol: 0 }]
  const rack = c % 2 === 0 ? null : `r${c}`
  const same = { incarnationId: 'aaaaRZyoQ_y_biQ5m6sOVA', endPoints, features: [] }
  const value = { brokerId, brokerEpoch, ...same, rack, fenced: c % 3 === 0 }
  return { name: 'RegisterBrokerRecord', version: 4, value }
}

/** A fifth of them takes the entry away. */
function acl(which: number, to: number): MetadataRecordInput {
  const id = `${'AAAA'.repeat(5)}${which % 4}A`
  if (to % 5 === 0) return { name: 'RemoveAccessControlEntryRecord', version: 0, value: { id } }
  const resource = { resourceType: 2, resourceName: 'x', patternType: 3 }
  const entry = { principal: `User:${to}`, host: '*', operation: 2, permissionType: 3 }
  return { name: 'AccessControlEntryRecord', version: 0, value: { id, ...resource, ...entry } }
}
