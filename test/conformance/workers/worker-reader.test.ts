/** A log whose owner is this thread, read in a worker: what comes, and how it ends. */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { expect, onTestFinished, test } from 'vitest'
import { Log, type SharedLog } from '../../../src/queue/index.ts'
import { useDisk } from '../failure/fixture.ts'

/** A worker that reads; it gives what it tells, one by one. */
function reading(shared: SharedLog): { next(): Promise<unknown> } {
  const file = join(import.meta.dirname, 'telling-worker.mjs')
  const worker = new Worker(file, { workerData: shared })
  onTestFinished(async () => void (await worker.terminate()))
  const told: unknown[] = []
  worker.on('message', (message) => told.push(message))
  const next = async (): Promise<unknown> => {
    while (told.length === 0) await once(worker, 'message')
    return told.shift()
  }
  return { next }
}

test('what is appended comes in its order, and the owner’s close ends it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'odradek-worker-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const log = await Log.open(folder)
  await log.append({ value: 'there' })
  const readers = [reading(log.share()), reading(log.share())]
  for (const { next } of readers) expect(await next()).toBe('there')
  for (const value of ['1', '2', '3']) {
    await log.append({ value })
    for (const { next } of readers) expect(await next()).toBe(value)
  }
  await log.close()
  for (const { next } of readers) {
    expect(await next()).toMatchObject({ name: 'LogError', code: 'LOG_CLOSED' })
    expect(await next()).toEqual({ name: 'LogError', code: 'LOG_CLOSED' })
  }
  // Workers that are still there do not hold the directory.
  const again = await Log.open(folder)
  expect(again.endOffset()).toBe(4)
  await again.close()
})

test('a disk that fails ends it, with the reason', async (context) => {
  const disk = useDisk(context, 'ext4', 64)
  const log = await Log.open(join(disk.path, 'data'))
  await log.append({ value: 'there' })
  const { next } = reading(log.share())
  expect(await next()).toBe('there')
  if (!disk.becomeReadOnly()) context.skip('the kernel cannot be told that the disk failed')
  const appending = async (): Promise<never> => {
    for (;;) await log.append({ value: '1' })
  }
  await expect(appending()).rejects.toMatchObject({ code: 'LOG_FAILED' })
  let told = await next()
  while (typeof told === 'string') told = await next()
  expect(told).toMatchObject({ name: 'LogError', code: 'LOG_FAILED' })
  expect((told as Error).message).toContain(disk.path)
  expect(await next()).toEqual({ name: 'LogError', code: 'LOG_FAILED' })
  await expect(log.close()).rejects.toMatchObject({ code: 'LOG_FAILED' })
})
