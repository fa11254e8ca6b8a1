/**
 * The module is loaded in workers and ended there with work under way. The main thread loads it
 * only at the end: what the workers left must not need them.
 */
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { afterAll, describe, expect, it } from 'vitest'
import { decodeBatches, encodeBatch, newBatch } from '../../src/protocol/record-batch.ts'
import { uuidFromBytes } from '../../src/protocol/uuid.ts'
import type { PartitionLog } from '../../src/storage/log-store.ts'
import { settings } from '../storage/store-behaviour.ts'
import { appender, appenderInput, topicIdBytes } from './native-calls.ts'

const deaths = 100
const topicId = uuidFromBytes(topicIdBytes)
const folder = mkdtempSync(join(tmpdir(), 'odradek-death-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** One record, whose value names the life that wrote it. */
function batchOfLife(life: number): Uint8Array {
  return encodeBatch(newBatch([{ timestamp: 1, key: null, value: Buffer.from(String(life)) }]))
}

function startAppender(
  path: string,
  life: number,
  options: { withDataPlane?: boolean; ending?: string } = {},
) {
  const acknowledged = new SharedArrayBuffer(16)
  const input = { ...appenderInput(path, batchOfLife(life)), acknowledged, ...options }
  const worker = new Worker(appender, { workerData: input })
  return { worker, acknowledged: new BigInt64Array(acknowledged) }
}

/** Names of this process's threads, sorted. */
function threads(): readonly string[] {
  const names: string[] = []
  for (const id of readdirSync('/proc/self/task')) {
    try {
      names.push(readFileSync(`/proc/self/task/${id}/comm`, 'utf8').trim())
    } catch {
      // It ended meanwhile.
    }
  }
  return names.sort()
}

const enginesIn = (names: readonly string[]) =>
  names.filter((name) => /^odr/.test(name) && name !== 'odradek-task')
const descriptors = () => readdirSync('/proc/self/fd').length

/** Every value stored, by offset. */
async function stored(log: PartitionLog): Promise<number[]> {
  const lives: number[] = []
  while (lives.length < log.logEndOffset()) {
    const bytes = await log.read(lives.length, 1 << 20, 'logEndOffset')
    const { value, error } = decodeBatches(bytes)
    expect(error).toBeNull()
    for (const batch of value?.batches ?? []) {
      // Behind a slow disk there are a hundred thousand: no expectation for each.
      if (batch.baseOffset !== lives.length) throw new Error(`no batch at ${lives.length}`)
      lives.push(Number(Buffer.from(batch.records[0]?.value ?? []).toString()))
    }
  }
  return lives
}

describe('workers that are terminated, or exit, with appends in flight', () => {
  const path = join(folder, 'terminated')
  /** For each life and partition: the offset up to which it was told that all is committed. */
  const told: (readonly bigint[])[] = []

  it(`${deaths} times, leave no thread and no descriptor behind`, {
    timeout: 300_000,
  }, async () => {
    let before: { threads: number; descriptors: number } | undefined
    for (let life = 0; life < deaths; life++) {
      const exits = life % 5 === 2 ? { ending: 'exit' } : {}
      const options = { withDataPlane: life % 4 === 1, ...exits }
      const { worker, acknowledged } = startAppender(path, life, options)
      if ('ending' in exits) {
        expect(await once(worker, 'exit')).toEqual([7])
      } else {
        await once(worker, 'message')
        await sleep(Math.random() * 15)
        await worker.terminate()
      }
      told.push([...acknowledged])
      if (life === 7) {
        await expect.poll(() => enginesIn(threads()), { timeout: 20_000 }).toEqual([])
        before = { threads: threads().length, descriptors: descriptors() }
      }
    }
    await expect.poll(() => enginesIn(threads()), { timeout: 20_000 }).toEqual([])
    await expect.poll(() => threads().length, { timeout: 20_000 }).toBe(before?.threads)
    await expect.poll(descriptors, { timeout: 20_000 }).toBe(before?.descriptors)
    expect(threads().filter((name) => name === 'odradek-task').length).toBeLessThanOrEqual(4)
  })

  it('leave everything that was acknowledged, for the main thread to open', async () => {
    const { openNativeLogStore } = await import('../../src/storage/native-log-store.ts')
    const store = await openNativeLogStore(path)
    expect(store.recoveryReport().clean).toBe(false)
    for (const partition of [0, 1]) {
      const log = await store.openPartition('t', partition, topicId, settings())
      const lives = await stored(log)
      expect([...lives].sort((a, b) => a - b)).toEqual(lives)
      let begin = 0
      for (const [life, offsets] of told.entries()) {
        const end = Number(offsets[partition])
        if (end === 0) continue
        expect(lives.slice(begin, end).every((one) => one <= life)).toBe(true)
        expect(lives[end - 1]).toBe(life)
        begin = end
      }
    }
    await store.close()
    const again = await openNativeLogStore(path)
    expect(again.recoveryReport().clean).toBe(true)
    await again.close()
    await expect.poll(() => enginesIn(threads()), { timeout: 20_000 }).toEqual([])
  })
})

describe('several environments', () => {
  it('share one directory at the same time, and only the last close ends it', {
    timeout: 60_000,
  }, async () => {
    const path = join(folder, 'shared')
    const { openNativeLogStore } = await import('../../src/storage/native-log-store.ts')
    const store = await openNativeLogStore(path)
    const log = await store.openPartition('t', 0, topicId, settings())
    const workers = [1, 2].map((life) => startAppender(path, life))
    await Promise.all(workers.map(({ worker }) => once(worker, 'message')))
    for (let i = 0; i < 10; i++) {
      const { requiredHighWatermark } = log.append(batchOfLife(3))
      await log.committed(requiredHighWatermark)
    }
    const [first, second] = workers.map(({ worker }) => worker)
    await first?.terminate()
    const { requiredHighWatermark } = log.append(batchOfLife(3))
    await log.committed(requiredHighWatermark)
    await second?.terminate()
    const lives = await stored(log)
    expect(lives.filter((life) => life === 3)).toHaveLength(11)
    expect(lives).toEqual(expect.arrayContaining([1, 2]))
    for (const { acknowledged } of workers) {
      expect(lives.length).toBeGreaterThanOrEqual(Number(acknowledged[0]))
    }
    await store.close()
    // Shares that die with their environment are given back in the background; who closes last,
    // and is the last, closes cleanly.
    await expect.poll(() => reopenedAndClosed(path), { timeout: 50_000 }).toBe(true)
  })

  async function reopenedAndClosed(path: string): Promise<boolean> {
    const { openNativeLogStore } = await import('../../src/storage/native-log-store.ts')
    const store = await openNativeLogStore(path)
    await store.openPartition('t', 0, topicId, settings())
    await store.close()
    return readdirSync(path).includes('.kafka_cleanshutdown')
  }
})

describe('a second process', () => {
  it('is refused with one sentence while the first has the directory', async () => {
    const path = join(folder, 'held')
    const { openNativeLogStore } = await import('../../src/storage/native-log-store.ts')
    const store = await openNativeLogStore(path)
    const run = spawnSync(process.execPath, [appender, JSON.stringify(childInput(path))], {
      encoding: 'utf8',
    })
    expect(run.status).toBe(1)
    expect(run.stderr).toMatch(
      new RegExp(`Error: the data directory ${path} is in use by another broker or process [^\n]*`),
    )
    await store.close()
    const after = spawnSync(process.execPath, [appender, JSON.stringify(childInput(path, 'exit'))])
    expect(after.status).toBe(7)
  })
})

function childInput(path: string, ending?: string) {
  return { ...appenderInput(path, batchOfLife(0)), ending, withDataPlane: ending !== undefined }
}

describe('a process with work in flight', () => {
  it.each([
    ['calls process.exit', 'exit', 7],
    ['throws what nobody catches', 'throw', 1],
  ])('%s and ends at once, with its exit code', { timeout: 60_000 }, async (_, ending, code) => {
    const path = join(folder, ending)
    for (let i = 0; i < 5; i++) {
      const input = JSON.stringify(childInput(path, ending))
      const run = spawnSync(process.execPath, [appender, input], {
        encoding: 'utf8',
        timeout: 30_000,
      })
      expect({ status: run.status, signal: run.signal }).toEqual({ status: code, signal: null })
    }
    const { openNativeLogStore } = await import('../../src/storage/native-log-store.ts')
    const store = await openNativeLogStore(path)
    const log = await store.openPartition('t', 0, topicId, settings())
    expect(await stored(log)).toContain(0)
    await store.close()
  })
})
