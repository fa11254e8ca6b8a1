/**
 * A short slice of the comparison with Apache Kafka, and the proof that a difference is found: the
 * program that runs longer ones is run.ts.
 */
import { afterEach, describe, expect, it } from 'vitest'
import { hasKafka } from '../apache-kafka/reference.ts'
import type { BrokerProcess } from '../broker-process.ts'
import { fieldRules, ruleOf } from './allowed.ts'
import { startKafka, startOdradek } from './brokers.ts'
import { compare } from './compare.ts'
import { IdPairs } from './ids.ts'
import { meantDifferences } from './meant.ts'
import { Peer } from './peer.ts'
import { RequestRun, type Summary, sources } from './run-requests.ts'

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
    const { findings, byApi } = await run([startOdradek(), startOdradek()], 1_000)
    expect(findings.summary(), findings.report()).toBe('')
    expect(byApi.size).toBeGreaterThan(25)
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
