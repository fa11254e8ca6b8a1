import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/base/random.ts'
import { metadataApi } from '../../../src/protocol/generated/03-metadata.ts'
import { apiVersionsApi } from '../../../src/protocol/generated/18-api-versions.ts'
import { BrokerProcess } from '../broker-process.ts'
import { eventually } from '../eventually.ts'
import { RawConnection } from '../raw-connection.ts'
import { createTopic, logEndOffset } from '../raw-requests.ts'
import { type Attackable, Attacker, attackOf, type Outcome } from './attack.ts'
import { call, decodeAnswer } from './call.ts'
import { Canary } from './canary.ts'
import { type SampleContext, samples } from './samples.ts'

/** Mutated frames in all; 200,000 for the whole campaign. */
const framesMin = Number(process.env['CONFORMANCE_FRAMES'] ?? 20_000)
/** Seed of the first attack, the next ones follow; given again, it repeats a failure. */
const firstSeed = Number(process.env['CONFORMANCE_SEED'] ?? Date.now() % 1_000_000_000)
const attackers = 16
const minutesMax = 20 * 60_000
const canaryMsMax = 5_000
const mib = 1024 * 1024
/** A JVM's memory grows up to its heap; the reference only shows that the suite itself is right. */
const growthMibMax = { odradek: 48, kafka: 1200 }

describe('malformed input', () => {
  let broker: BrokerProcess
  let context: SampleContext
  let targets: readonly Attackable[]
  let canaryRecords = 0

  beforeAll(async () => {
    // Names of mutated requests must not become topics.
    const settings = {
      'auto.create.topics.enable': 'false',
      'group.initial.rebalance.delay.ms': '0',
    }
    broker = await BrokerProcess.start({ settings })
    const connection = await RawConnection.open(broker.port)
    for (const topic of ['malformed', 'canary']) await createTopic(connection, topic, 1)
    const { topics } = await call(connection, metadataApi, 12, { topics: [{ name: 'malformed' }] })
    const topicId = topics[0]?.topicId ?? ''
    context = { topic: 'malformed', topicId, partitions: 1, group: 'readers' }
    targets = await attackables(connection)
    connection.close()
  })

  afterAll(async () => {
    await broker?.dispose()
  })

  it('a valid sample of every implemented API and version is answered', async () => {
    const connection = await RawConnection.open(broker.port)
    let id = 0
    for (const { sample, versionMin, versionMax } of targets) {
      for (let version = versionMin; version <= versionMax; version++) {
        connection.send(sample.frame(context, version, ++id, seededRandom(0)))
        decodeAnswer(sample.api, version, id, await connection.nextAnswer())
      }
    }
    connection.close()
  })

  it('mutated frames harm nobody', { timeout: minutesMax }, async () => {
    console.log(`first seed ${firstSeed}, ${framesMin} frames, ${targets.length} APIs`)
    const canary = await Canary.start(broker.port, 'canary')
    const counts: Record<Outcome, number> = { answered: 0, closed: 0, waiting: 0, hang: 0 }
    const hangs: string[] = []
    let seed = firstSeed
    let frames = 0
    let baselineBytes = 0
    const attackUntil = async (framesEnd: number) => {
      const attacker = new Attacker(broker.port)
      while (frames < framesEnd && hangs.length < 5) {
        const attack = attackOf(seed++, targets, context)
        frames += attack.frames
        const outcome = await attacker.run(attack)
        counts[outcome]++
        if (outcome === 'hang') hangs.push(`seed ${attack.seed}: ${attack.description}`)
      }
      attacker.close()
    }
    const attackTogether = (framesEnd: number) =>
      Promise.all(Array.from({ length: attackers }, () => attackUntil(framesEnd)))

    // Caches, pools and compiled code come with the first frames; what comes later would be a leak.
    await attackTogether(framesMin / 4)
    baselineBytes = broker.residentBytes()
    await attackTogether(framesMin)
    const grownMib = (broker.residentBytes() - baselineBytes) / mib
    const report = await canary.stop()
    canaryRecords = report.rounds
    console.log(`${frames} frames: ${JSON.stringify(counts)}, ${grownMib.toFixed(1)} MiB more`)
    console.log(`canary: ${report.rounds} rounds, slowest ${report.slowestMs.toFixed(0)} ms`)

    expect(hangs).toEqual([])
    expect(broker.running).toBe(true)
    expect(report.fault).toBeUndefined()
    expect(report.rounds).toBeGreaterThan(framesMin / 1_000)
    expect(report.slowestMs).toBeLessThan(canaryMsMax)
    expect(grownMib).toBeLessThan(growthMibMax[broker.target.name])
  })

  it('then the broker stops cleanly, and comes back with all that it acknowledged', async () => {
    await broker.stop()
    await broker.start()
    const connection = await RawConnection.open(broker.port)
    // The reference answers before it serves its partitions.
    await eventually('the canary topic holds what was acknowledged', async () => {
      return (await logEndOffset(connection, 'canary', 0)) === canaryRecords
    })
    connection.close()
  })

  /** Every API that the broker advertises and that has a sample; of ours, all have one. */
  async function attackables(connection: RawConnection): Promise<Attackable[]> {
    const { apiKeys } = await call(connection, apiVersionsApi, 3, {
      clientSoftwareName: 'conformance',
      clientSoftwareVersion: '1',
    })
    const known = apiKeys.filter(({ apiKey }) => samples.has(apiKey))
    if (broker.target.name === 'odradek') expect(known.length).toBe(apiKeys.length)
    return known.flatMap(({ apiKey, minVersion, maxVersion }) => {
      const sample = samples.get(apiKey)
      if (sample === undefined) return []
      const versionMin = Math.max(minVersion, sample.api.request.versionMin)
      return { sample, versionMin, versionMax: Math.min(maxVersion, sample.api.request.versionMax) }
    })
  }
})
