/** What the cleaner leaves, as files: the native store finds nothing wrong with it. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { checkDirectory } from '../../src/storage/directory-check.ts'
import { openNativeLogStore } from '../../src/storage/native-log-store.ts'
import { identity } from '../storage/resting-directory.ts'
import { settings, topicId } from '../storage/store-behaviour.ts'
import { anySteps, batchesOf, type Step, TestLog, writtenAt } from './fixture.ts'

const folder = mkdtempSync(join(tmpdir(), 'odradek-cleaned-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A directory that was stopped cleanly, with the segments of this log as its only partition. */
async function directoryOf(log: TestLog, name: string): Promise<string> {
  const path = join(folder, name)
  const store = await openNativeLogStore(path)
  await store.format(identity)
  const partition = join(path, 'orders-0')
  mkdirSync(partition)
  await store.openPartition('orders', 0, topicId, settings())
  await store.close()
  for (const file of readdirSync(partition)) {
    if (file !== 'partition.metadata') rmSync(join(partition, file))
  }
  for (const { baseOffset, bytes } of log.segments) {
    writeFileSync(join(partition, `${String(baseOffset).padStart(20, '0')}.log`), bytes)
  }
  const checkpoint = join(path, 'recovery-point-offset-checkpoint')
  const text = readFileSync(checkpoint, 'utf8')
  writeFileSync(checkpoint, text.replace(/orders 0 \d+/, `orders 0 ${log.logEndOffset}`))
  return path
}

/** The store finds nothing but missing indexes, and gives the batches as they are. */
async function isSound(log: TestLog, name: string): Promise<void> {
  const path = await directoryOf(log, name)
  const { partitions } = await checkDirectory(path)
  const kinds = new Set(partitions.flatMap((one) => one.findings.map((finding) => finding.kind)))
  expect([...kinds]).toEqual(['missing'])
  const store = await openNativeLogStore(path)
  const opened = await store.openPartition('orders', 0, topicId, settings())
  const batches = []
  for (let from = 0; from < log.logEndOffset; ) {
    const read = batchesOf(await opened.read(from, 100, 'logEndOffset'))
    const last = read.at(-1)
    if (last === undefined) break
    batches.push(...read)
    from = last.baseOffset + last.lastOffsetDelta + 1
  }
  expect(batches).toEqual(log.batches)
  expect(opened.logEndOffset()).toBe(log.logEndOffset)
  expect(opened.lastStableOffset()).toBe(log.state().lastStableOffset)
  await store.close()
}

describe('a cleaned log on the disk', () => {
  const logs = fc.sample(anySteps, { seed: 5, numRuns: 12 })
  it.each(logs.map((steps, i) => [i, steps] as const))('is sound, log %d', async (i, steps) => {
    const log = TestLog.written([...steps, { kind: 'roll' } as Step])
    for (const ms of [0, 10, 2000]) {
      log.firstDirtyOffset = 0
      await log.clean({ now: writtenAt + ms, deleteRetentionMs: 100, segmentBytes: 500 })
    }
    await isSound(log, `log-${i}`)
  })

  it('is sound where a segment lost everything', async () => {
    const data = (key: number): Step => ({
      kind: 'data',
      producer: 0,
      records: [{ key, value: 1 }],
      codec: 0,
      appendTime: false,
    })
    const roll: Step = { kind: 'roll' }
    const log = TestLog.written([data(2), roll, data(1), roll, data(1), roll, data(3)])
    await log.clean({ segmentBytes: 1 })
    expect(log.segments.map(({ bytes }) => bytes.length > 0)).toEqual([true, false, true, true])
    await isSound(log, 'hollow')
  })
})
