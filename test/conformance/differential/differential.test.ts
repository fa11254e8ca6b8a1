/**
 * A short slice of the comparison with Apache Kafka, and the proof that a difference is found: the
 * program that runs longer ones is run.ts.
 */
import { afterEach, describe, expect, it } from 'vitest'
import { advertisedApis } from '../../../src/broker/api-table.ts'
import { hasKafka } from '../apache-kafka/reference.ts'
import type { BrokerProcess } from '../broker-process.ts'
import { fieldRules, ruleOf } from './allowed.ts'
import { Batches } from './batches.ts'
import { startKafka, startOdradek } from './brokers.ts'
import { compare } from './compare.ts'
import { Coverage } from './coverage.ts'
import { IdPairs, Ref } from './ids.ts'
import { meantDifferences } from './meant.ts'
import { sources } from './offers.ts'
import { Peer } from './peer.ts'
import { RequestRun, type Summary } from './run-requests.ts'

/** Given again, it repeats a failure that printed it. */
const seed = Number(process.env['CONFORMANCE_SEED'] ?? 1)

let brokers: BrokerProcess[] = []
afterEach(async () => {
  for (const broker of brokers) await broker.dispose()
})

async function run(starts: Promise<BrokerProcess>[], requests: number): Promise<Summary> {
  brokers = await Promise.all(starts)
  const [kafka, odradek] = brokers.map((broker) => new Peer(broker)) as [Peer, Peer]
  const summary = await new RequestRun(kafka, odradek, seed).run(requests)
  kafka.close()
  odradek.close()
  return summary
}

describe('random requests', () => {
  it('are answered alike by two Odradeks', async () => {
    const { findings, coverage } = await run([startOdradek(), startOdradek()], 1_000)
    expect(findings.summary(), findings.report()).toBe('')
    const never = [...coverage.byApi()].filter(([, count]) => count === 0).map(([name]) => name)
    expect(never).toEqual([])
  })

  it('find a planted difference', async () => {
    const planted = startOdradek({ 'offset.metadata.max.bytes': '0' })
    const { findings } = await run([startOdradek(), planted], 600)
    expect(findings.summary()).toMatch(/OffsetCommit\.topics\[\]\.partitions\[\]\.errorCode/)
  })

  it.skipIf(!hasKafka())('are answered alike by Apache Kafka', async () => {
    const { findings } = await run([startKafka(), startOdradek()], 2_000)
    expect(findings.summary(), `seed ${seed}${findings.report()}`).toBe('')
  })
})

describe('the coverage', () => {
  const valid = { key: 3, version: 0, making: 'valid' } as const
  const served = { key: 3, name: 'Metadata', versionMin: 0, versionMax: 1 }

  it('tells what was never sent, and asks for it first', () => {
    const coverage = new Coverage([served])
    expect(coverage.rarest()).toMatchObject(valid)
    coverage.add(valid)
    expect(coverage.rarest()).toMatchObject({ ...valid, making: 'edge' })
    coverage.miss({ ...valid, making: 'edge' })
    expect(coverage.rarest()).toMatchObject({ ...valid, making: 'invalid' })
    expect(coverage.holes()).toHaveLength(5)
    expect(coverage.table()).toBe(' 3 Metadata 1: v0 1/0/0, v1 0/0/0')
    expect(coverage.byApi()).toEqual(new Map([['Metadata', 1]]))
  })

  it('asks for each API once before it asks for one in every version', () => {
    const coverage = new Coverage([served, { ...served, key: 18, name: 'ApiVersions' }])
    coverage.add(valid)
    expect(coverage.rarest()).toMatchObject({ key: 18, making: 'valid' })
    coverage.miss({ ...valid, key: 18 })
    expect(coverage.rarest()).toMatchObject({ key: 3, making: 'edge' })
  })

  it('wants no edges of what has no fields', () => {
    const coverage = new Coverage([{ key: 18, name: 'ApiVersions', versionMin: 2, versionMax: 3 }])
    expect(coverage.holes()).toHaveLength(5)
    expect(coverage.table()).toContain('v2 0/-/0, v3 0/0/0')
  })

  it('finds a source for every API that is answered', () => {
    const keys = new Set(sources.map(({ key }) => key))
    expect(advertisedApis.filter(({ key }) => !keys.has(key))).toEqual([])
  })
})

describe('batches', () => {
  const record = { timestamp: 5, key: null, value: Buffer.from('value'), headers: [] }
  const ids = new IdPairs()
  const batches = (header: object, at?: number, to = 0) => {
    const damage = at === undefined ? undefined : ({ kind: 'byte', at, to, resum: true } as const)
    return new Batches([{ records: [record], header, damage }])
  }

  it('hide damage where they are compressed, and can be opened', () => {
    const snappy = { attributes: 2 }
    expect(batches(snappy).hidesDamage()).toBe(false)
    const bytes = batches(snappy).bytesFor(ids, 'kafka')
    const places = Array.from({ length: bytes.length - 61 }, (_, n) => 61 + n)
    const hidden = places.filter((at) => batches(snappy, at, 0x7f).hidesDamage())
    expect(hidden.length).toBeGreaterThan(0)
    expect(hidden.length).toBeLessThan(places.length)
    expect(places.some((at) => batches({}, at, 0x7f).hidesDamage())).toBe(false)
  })

  it('cannot be opened where the stream of a compressed one is damaged', () => {
    const lz4 = { attributes: 3 }
    expect(batches(lz4).cannotBeOpened()).toBe(false)
    const last = batches(lz4).bytesFor(ids, 'kafka').length - 1
    expect(batches(lz4, last, 128).cannotBeOpened()).toBe(true)
    expect(batches({}, last - 61, 128).cannotBeOpened()).toBe(false)
  })

  it('have a strange codec where damage makes it one', () => {
    expect(batches({ attributes: 4 }).hasStrangeCodec()).toBe(false)
    expect(batches({}, 22, 143).hasStrangeCodec()).toBe(true)
  })

  it('count wrong where an offset delta of an uncompressed one is not the place', () => {
    const deltaAt = 61 + 3
    expect(batches({}).countsWrong()).toBe(false)
    expect(batches({}, deltaAt, 60).countsWrong()).toBe(true)
    expect(batches({ attributes: 1 }, deltaAt, 60).countsWrong()).toBe(false)
  })

  it('are part of a transaction where they say so, or damage makes them', () => {
    expect(batches({}).isTransactional()).toBe(false)
    expect(batches({ attributes: 0x10 }).isTransactional()).toBe(true)
    expect(batches({}, 22, 88).isTransactional()).toBe(true)
  })

  it('keep the producer id of each side', () => {
    for (const at of [43, 50, 43 + batches({}).bytesFor(ids, 'kafka').length]) {
      const bytes = Buffer.from(batches({}, at, 7).bytesFor(ids, 'kafka'))
      expect(bytes.readBigInt64BE(43)).toBe(-1n)
    }
  })

  it('cannot be rebuilt by Kafka with a time before 1970, or a producer without an epoch', () => {
    expect(batches({}).cannotBeRebuilt()).toBe(false)
    expect(batches({}, 27, 0x80).cannotBeRebuilt()).toBe(true)
    const producer = new Ref('producer', 0)
    const sent = (producerEpoch: number) =>
      new Batches([{ records: [record], header: { producerEpoch, baseSequence: 0 }, producer }])
    expect([sent(0).cannotBeRebuilt(), sent(-1).cannotBeRebuilt()]).toEqual([false, true])
  })
})

describe('the comparison', () => {
  const terms = () => ({ ruleOf, ids: new IdPairs(), isTainted: () => false })

  it('pairs ids and holds them to it', () => {
    const shared = terms()
    const topics = (topicId: string) => ({ topics: [{ name: 't', topicId }] })
    expect(compare(topics('a'), topics('x'), 'Metadata', shared)).toEqual([])
    expect(compare(topics('a'), topics('x'), 'Metadata', shared)).toEqual([])
    expect(compare(topics('a'), topics('y'), 'Metadata', shared)).toHaveLength(1)
    expect(compare(topics('b'), topics('x'), 'Metadata', shared)).toHaveLength(1)
    expect(compare(topics('AAAAAAAAAAAAAAAAAAAAAA'), topics('x'), 'Metadata', terms())).toEqual([
      { path: 'Metadata.topics[].topicId', kafka: 'AAAAAAAAAAAAAAAAAAAAAA', odradek: 'x' },
    ])
  })

  it('forms no pairs of ids that are told elsewhere', () => {
    const shared = terms()
    const led = (leader: string) => ({ leader })
    expect(compare(led('a'), led('x'), 'JoinGroup', shared)).toEqual([])
    expect(compare(led('a'), led('y'), 'JoinGroup', shared)).toEqual([])
    const joined = (leader: string, memberId: string) => ({ leader, memberId })
    expect(compare(joined('a', 'a'), joined('x', 'x'), 'JoinGroup', shared)).toEqual([])
    expect(compare(led('a'), led('x'), 'JoinGroup', shared)).toEqual([])
    expect(compare(led('a'), led('y'), 'JoinGroup', shared)).toHaveLength(1)
    expect(compare(led(''), led('y'), 'JoinGroup', shared)).toHaveLength(1)
  })

  it('takes order for nothing only where the list says so', () => {
    const groups = (...names: string[]) => ({ groups: names.map((groupId) => ({ groupId })) })
    expect(compare(groups('a', 'b'), groups('b', 'a'), 'ListGroups', terms())).toEqual([])
    expect(compare(groups('a'), groups('a', 'b'), 'ListGroups', terms())).toMatchObject([
      { path: 'ListGroups.groups.length', odradek: [2, 'b'] },
    ])
    const listed = (...names: string[]) => ({ names })
    expect(compare(listed('a', 'b'), listed('b', 'a'), 'Other', terms())).toHaveLength(2)
  })

  it('takes times of now for equal, and no others', () => {
    const at = (logAppendTimeMs: number) => ({ logAppendTimeMs })
    const now = Date.now()
    expect(compare(at(now), at(now + 20), 'Produce', terms())).toEqual([])
    expect(compare(at(now), at(-1), 'Produce', terms())).toHaveLength(1)
    expect(compare(at(1_700_000_000_000), at(1_700_000_000_001), 'Produce', terms())).toHaveLength(
      1,
    )
  })

  it('has a reason for everything that may differ, and each field once', () => {
    for (const { reason } of [...fieldRules, ...meantDifferences]) expect(reason).not.toBe('')
    expect(new Set(fieldRules.map(({ field }) => field)).size).toBe(fieldRules.length)
    expect(new Set(sources.map(({ key }) => key)).size).toBe(sources.length)
  })
})
