/**
 * A broker that is killed again and again while it compacts: no last value that was acknowledged is
 * lost, the log loads, and nothing of a swap is left half done.
 */
import { randomInt } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { checkDirectory } from '../../../src/storage/directory-check.ts'
import { BrokerProcess } from '../broker-process.ts'
import { eventually } from '../eventually.ts'
import { killsAskedFor } from '../kill/kills.ts'
import { CompactedTopic } from './compacted-topic.ts'

const kills = killsAskedFor(5)
const keys = Array.from({ length: 30 }, (_, i) => `key-${i}`)

let broker: BrokerProcess
beforeAll(async () => {
  // Slow enough that most of the time something is being written.
  const pace = String(60 * 2 ** 20)
  broker = await BrokerProcess.start({
    settings: {
      'log.cleaner.backoff.ms': '10',
      'log.cleaner.io.max.bytes.per.second': pace,
      // Else each start recovers what all lives before it wrote, and they are shorter than it.
      'log.flush.offset.checkpoint.interval.ms': '500',
    },
  })
})
afterAll(() => broker?.dispose())

function filesOf(topic: CompactedTopic): string[] {
  return readdirSync(join(broker.dataFolder, `${topic.name}-0`))
}

/** What a replacement leaves while it is under way. */
const isUnfinished = (file: string): boolean => /\.(cleaned|swap)$/.test(file)

/** Waits for a replacement to be under way, and then for some moment of it. */
async function someMoment(topic: CompactedTopic): Promise<void> {
  const deadline = performance.now() + 5_000
  while (performance.now() < deadline && !filesOf(topic).some(isUnfinished)) await sleep(1)
  await sleep(randomInt(0, 25))
}

it(`keeps what counts through ${kills} kills`, { timeout: 60_000 + kills * 30_000 }, async () => {
  const topic = await CompactedTopic.create(broker, 'killed')
  let hits = 0
  for (let i = 0; i < kills; i++) {
    const codec = i % 5
    const writing = (async () => {
      while (await topic.writeValues(keys, codec)) {
        const deleted = keys[randomInt(keys.length)] ?? ''
        if (!(await topic.write([{ key: deleted, value: null }], codec))) return
      }
    })()
    // Each round makes the log longer, or all kills would meet the first cleaning.
    const some = topic.written.length + randomInt(20, 200)
    await eventually('records are written', () => topic.written.length >= some)
    await someMoment(topic)
    await broker.kill()
    await writing
    topic.close()
    if (filesOf(topic).some(isUnfinished)) hits++
    const cleanedTo = topic.cleanedTo
    await broker.start()
    await topic.isLed()
    expect(await topic.faults(cleanedTo)).toEqual([])
  }
  console.log(`${hits} of ${kills} kills came in the middle of a replacement`)
  expect(hits).toBeGreaterThan(0)
  topic.close()
  await broker.stop()
  expect(filesOf(topic).filter(isUnfinished)).toEqual([])
  if (broker.target.name === 'odradek') {
    const { partitions } = await checkDirectory(broker.dataFolder)
    const findings = partitions.flatMap((one) => one.findings)
    expect(findings).toEqual([])
  }
})
