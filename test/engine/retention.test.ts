/** Rounds of retention on logs in memory and on disk, with a clock that is moved by hand. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { Retention } from '../../src/engine/retention.ts'
import { BrokerConfig } from '../../src/metadata/config/broker-config.ts'
import { topicSettings } from '../../src/metadata/config/topic-settings.ts'
import { ErrorCode } from '../../src/protocol/error-codes.ts'
import { type LogStore, type PartitionLog, StorageError } from '../../src/storage/log-store.ts'
import { createMemoryLogStore, type MemoryLogStore } from '../../src/storage/memory-log-store.ts'
import { createLogger } from '../../src/telemetry/logger.ts'
import { ManualTime } from '../coordinator/manual-time.ts'
import { NativeDirectoryUnderTest } from '../storage/native-directory.ts'
import { batchOf, commit, topicId } from '../storage/store-behaviour.ts'
import { imageOf, type Topics } from './topic-image.ts'

const checkMs = 5_000
const size = batchOf([1]).length
const brokerConfig = new BrokerConfig(
  new Map([
    ['log.retention.check.interval.ms', String(checkMs)],
    ['log.initial.task.delay.ms', '1000'],
  ]),
)

const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

interface Rig {
  readonly time: ManualTime
  readonly retention: Retention
  readonly lines: string[]
  readonly image: (topics: Topics) => void
  /** Lets a round come, and waits until it has ended. */
  readonly round: () => Promise<void>
}

function rig(find: (topic: string) => PartitionLog | undefined, topics: Topics): Rig {
  const time = new ManualTime()
  const lines: string[] = []
  let image = imageOf(topics)
  // A round is under way from when its timer fires until the next one is set.
  let begun = 0
  let isUnderWay = false
  const timers = {
    setTimeout: (callback: () => void, delayMs: number) => {
      isUnderWay = false
      const fire = (): void => {
        begun += 1
        isUnderWay = true
        callback()
      }
      return time.setTimeout(fire, delayMs)
    },
    clear: (handle: unknown) => time.clear(handle),
  }
  const retention = new Retention({
    logs: { find: (topic) => find(topic) },
    image: () => image,
    config: () => brokerConfig,
    clock: time,
    timers,
    logger: createLogger({ write: (line) => lines.push(line), now: Date.now, level: 'debug' }),
  })
  ends.push(() => retention.stop())
  return {
    time,
    retention,
    lines,
    image: (next) => {
      image = imageOf(next)
    },
    round: async () => {
      await expect.poll(() => isUnderWay).toBe(false)
      const before = begun
      await time.advance(checkMs)
      expect(begun).toBeGreaterThan(before)
      await expect.poll(() => isUnderWay).toBe(false)
    },
  }
}

async function open(store: LogStore, topic: string, texts: Readonly<Record<string, string>>) {
  const settings = topicSettings(new Map(Object.entries(texts)), brokerConfig)
  return await store.openPartition(topic, 0, topicId, { ...settings, segmentBytes: 3 * size })
}

function memoryStore(): MemoryLogStore {
  const store = createMemoryLogStore()
  ends.push(() => store.close())
  return store
}

describe.each(['memory', 'native'] as const)('on the %s store', (kind) => {
  async function started(texts: Readonly<Record<string, string>>) {
    const directory = kind === 'native' ? new NativeDirectoryUnderTest() : undefined
    if (directory !== undefined) ends.push(() => directory.dispose())
    const store = directory === undefined ? memoryStore() : await directory.open()
    const log = await open(store, 't', texts)
    const made = rig((topic) => store.find(topic, 0), { t: texts })
    return { ...made, log, store, folder: directory && join(directory.path, 't-0') }
  }

  it('deletes by time, segment by segment, at last the active one', async () => {
    const { time, log, lines, round, folder } = await started({ 'retention.ms': '60000' })
    const begun = time.now()
    for (let i = 0; i < 8; i++) await commit(log, batchOf([begun + i * 10_000]))
    await round()
    expect(log.logStartOffset()).toBe(0)
    expect(lines).toEqual([])
    // The first segment's newest record is 20 s younger than its first.
    await time.advance(20_000 + 60_000 - checkMs)
    await round()
    expect(log.logStartOffset()).toBe(3)
    expect(lines.at(-1)).toContain(
      `Retention deleted segments of 1 partitions, ${3 * size} bytes: 1 by retention.ms.`,
    )
    await time.advance(60_000)
    await round()
    expect([log.logStartOffset(), log.logEndOffset(), log.sizeBytes()]).toEqual([8, 8, 0])
    expect(await commit(log)).toBe(8)
    if (folder === undefined) return
    const live = readdirSync(folder).filter((name) => name.endsWith('.log'))
    expect(live).toEqual(['00000000000000000008.log'])
  })

  it('deletes by size what is beyond the limit', async () => {
    const limits = { 'retention.bytes': String(4 * size), 'retention.ms': '-1' }
    const { log, lines, round } = await started(limits)
    for (let i = 0; i < 11; i++) await commit(log, batchOf([i]))
    await round()
    expect(log.logStartOffset()).toBe(6)
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain('2 by retention.bytes.')
    await round()
    expect(log.logStartOffset()).toBe(6)
    expect(lines).toHaveLength(1)
  })

  it('keeps what came while it looked, though the active segment is due', async () => {
    const { time, log, round } = await started({ 'retention.ms': '1' })
    await commit(log, batchOf([1]))
    const { segments } = log
    log.segments = async () => {
      const seen = await segments.call(log)
      await commit(log, batchOf([time.now() + 60_000]))
      return seen
    }
    await round()
    log.segments = segments
    expect([log.logStartOffset(), log.logEndOffset()]).toEqual([1, 2])
    expect((await log.read(1, 1000, 'highWatermark')).length).toBeGreaterThan(0)
  })

  it('has the settings of the moment', async () => {
    const { log, round, image } = await started({ 'retention.bytes': '-1', 'retention.ms': '-1' })
    for (let i = 0; i < 4; i++) await commit(log, batchOf([1]))
    await round()
    expect(log.logStartOffset()).toBe(0)
    image({ t: { 'retention.ms': '1' } })
    await round()
    expect(log.logStartOffset()).toBe(4)
  })
})

it('deletes of a compacted topic what lies below its log start, and nothing else', async () => {
  const store = memoryStore()
  const kept = { 'cleanup.policy': 'compact', 'retention.ms': '1', 'retention.bytes': '0' }
  const cut = { ...kept, 'cleanup.policy': 'compact,delete' }
  const [compact, both] = [await open(store, 'compact', kept), await open(store, 'both', cut)]
  const { round } = rig((topic) => store.find(topic, 0), { compact: kept, both: cut })
  for (const log of [compact, both]) {
    for (let i = 0; i < 7; i++) await commit(log, batchOf([1]))
  }
  await round()
  expect([compact.logStartOffset(), both.logStartOffset()]).toEqual([0, 7])
})

it('goes on behind a partition that fails, and tells of it once a round', async () => {
  const store = memoryStore()
  const texts = { 'retention.bytes': '0' }
  const topics = { a: texts, b: texts, c: texts }
  const logs = new Map<string, PartitionLog>()
  for (const name of Object.keys(topics)) {
    const log = await open(store, name, texts)
    await commit(log)
    logs.set(name, log)
  }
  const full = new StorageError(ErrorCode.KAFKA_STORAGE_ERROR, 'the disk is full')
  for (const name of ['a', 'b']) logs.get(name)!.roll = () => Promise.reject(full)
  const { round, lines } = rig((topic) => logs.get(topic), topics)
  await round()
  expect(logs.get('c')!.logStartOffset()).toBe(1)
  expect(lines.filter((line) => line.includes('WARN'))).toEqual([
    expect.stringContaining(
      'Retention of a-0 and 1 more has to wait for the next round: the disk is full',
    ),
  ])
  delete (logs.get('a') as Partial<PartitionLog>).roll
  await round()
  expect(logs.get('a')!.logStartOffset()).toBe(1)
})

it('passes over logs that are gone, offline, empty or of another topic', async () => {
  const store = memoryStore()
  const texts = { 'retention.bytes': '0' }
  const names = ['gone', 'offline', 'empty', 'deleted', 'fine']
  const logs = new Map<string, PartitionLog>()
  const broken = memoryStore()
  for (const name of names) {
    logs.set(name, await open(name === 'offline' ? broken : store, name, texts))
    if (name !== 'empty') await commit(logs.get(name)!)
  }
  logs.delete('gone')
  broken.goOffline('the disk is broken')
  logs.get('empty')!.segments = () => Promise.reject(new Error('nobody looks at an empty log'))
  // Deleted between the look and the cut.
  const { segments } = logs.get('deleted')!
  logs.get('deleted')!.segments = async () => {
    const seen = await segments.call(logs.get('deleted'))
    await store.deletePartition('deleted', 0)
    return seen
  }
  const topics = Object.fromEntries(names.map((name) => [name, texts]))
  const { round, lines } = rig((topic) => logs.get(topic), topics)
  await round()
  expect(logs.get('fine')!.logStartOffset()).toBe(1)
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain('Retention deleted segments of 1 partitions')
})

it('ends a round at a fault of our own, says so, and tries again', async () => {
  const store = memoryStore()
  const texts = { 'retention.bytes': '0' }
  const log = await open(store, 't', texts)
  await commit(log)
  log.segments = () => Promise.reject(new TypeError('a bug'))
  const { round, lines } = rig(() => log, { t: texts })
  await round()
  expect(lines[0]).toContain('A round of retention ended early')
  delete (log as Partial<PartitionLog>).segments
  await round()
  expect(log.logStartOffset()).toBe(1)
})

it('begins after the initial delay, and stops behind the partition under way', async () => {
  const store = memoryStore()
  const texts = { 'retention.bytes': '0' }
  const [first, second] = [await open(store, 'a', texts), await open(store, 'b', texts)]
  await commit(first)
  await commit(second)
  const { time, retention } = rig((topic) => store.find(topic, 0), { a: texts, b: texts })
  let go = (): void => {}
  const { segments } = first
  first.segments = async () => {
    await new Promise<void>((resolve) => {
      go = resolve
    })
    return await segments.call(first)
  }
  await time.advance(999)
  expect([first.logStartOffset(), second.logStartOffset()]).toEqual([0, 0])
  await time.advance(1)
  const stopped = retention.stop()
  go()
  await stopped
  expect([first.logStartOffset(), second.logStartOffset()]).toEqual([1, 0])
  await time.advance(10 * checkMs)
  expect(second.logStartOffset()).toBe(0)
})
