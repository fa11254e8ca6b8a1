/** Log and queue on disks that are full, fail or turn read-only, and without descriptors. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, type TestContext, test } from 'vitest'
import { Queue } from '../../../src/queue/queue.ts'
import type { Message } from '../../../src/queue/queue-message.ts'
import type { QueueOptions } from '../../../src/queue/queue-options.ts'
import { Store } from '../../../src/queue/store.ts'
import { eventually } from '../eventually.ts'
import { fillUp } from '../failure/fill-up.ts'
import { useDisk } from '../failure/fixture.ts'

const value = Buffer.alloc(100_000, 'x')
const diskFull = expect.objectContaining({ code: 'DISK_FULL', retriable: true })
const root = join(import.meta.dirname, '..', '..', '..')

async function takeSome(queue: Queue, count: number): Promise<Message[]> {
  const iterator = queue.take({ consumer: 'c' })[Symbol.asyncIterator]()
  const messages: Message[] = []
  while (messages.length < count) messages.push((await iterator.next()).value)
  return messages
}

/** What a call came to, over and over until it is refused. */
async function untilRefused(call: () => Promise<unknown>): Promise<unknown> {
  for (let calls = 0; calls < 2_000; calls++) {
    const refused = await call().then(
      () => undefined,
      (error: unknown) => error,
    )
    if (refused !== undefined) return refused
  }
  throw new Error('it is never refused')
}

describe.each(['tmpfs', 'ext4'] as const)('a %s that is full', (kind) => {
  test('refuses puts, and keeps later what it has no room for', async (on) => {
    // Too small for room to be held back.
    const { path } = useDisk(on, kind, 64)
    const directory = join(path, 'data')
    const store = await Store.open(directory)
    const queue = await store.queue('jobs', { consumers: ['c'], maxAttempts: 100 })
    for (let i = 0; i < 40; i++) await queue.put({ value })
    const makeRoom = fillUp(path)
    expect(await untilRefused(() => queue.put({ value }))).toEqual(diskFull)
    const messages = await takeSome(queue, 40)
    const refused: Message[] = []
    for (const message of messages) {
      await message.ack().catch((error: unknown) => {
        expect(error).toEqual(diskFull)
        refused.push(message)
      })
    }
    expect(refused.length).toBeGreaterThan(0)
    makeRoom()
    for (const message of refused) await message.ack()
    const { offset } = await queue.put({ value: 'last' })
    expect(offset).toBeGreaterThanOrEqual(40)
    await store.close()
    const again = await Store.open(directory)
    const [next] = await takeSome(await again.queue('jobs'), 1)
    expect(next?.offset).toBeGreaterThanOrEqual(40)
    await again.close()
  })

  /** A store on a full disk with a queue and a log, 40 messages in each, and room held back. */
  async function fullStore(on: TestContext, bounds: QueueOptions = { maxBytes: 8 << 20 }) {
    const { path } = useDisk(on, kind, 256)
    const configs = { 'log.segment.delete.delay.ms': '100' }
    const store = await Store.open(join(path, 'data'), { configs })
    const queue = await store.queue('jobs', { consumers: ['c'], ...bounds })
    const log = await store.log('log', { configs: { 'segment.bytes': '1048576' } })
    for (let i = 0; i < 40; i++) await queue.put({ value })
    for (let i = 0; i < 40; i++) await log.append({ value })
    const reserve = join(path, 'data', 'odradek-journal', 'reserve')
    await eventually('room is held back', () => existsSync(reserve))
    fillUp(path)
    expect(await untilRefused(() => queue.put({ value }))).toEqual(diskFull)
    expect(await untilRefused(() => log.append({ value }))).toEqual(diskFull)
    return { store, queue, log }
  }

  /** Whether a call is not refused any more. */
  const passes = (call: () => Promise<unknown>) => () =>
    call().then(
      () => true,
      () => false,
    )

  test('goes on with acknowledgements, and what is finished makes room', async (on) => {
    const { store, queue } = await fullStore(on)
    for (const message of await takeSome(queue, 40)) await message.ack()
    const put = passes(() => queue.put({ value }))
    await eventually('there is room', put)
    await eventually('the finished ones are deleted', () => queue.statistics().messages < 30)
    await store.close()
  })

  test('has room again when all of a queue without a bound is finished', async (on) => {
    const { store, queue } = await fullStore(on, {})
    while ((queue.statistics().consumers[0]?.lag ?? 0) > 0) {
      for (const message of await takeSome(queue, 1)) await message.ack()
    }
    await eventually('its file is deleted', () => queue.statistics().bytes < 1_000_000)
    const put = passes(() => queue.put({ value: Buffer.alloc(1_000_000) }))
    await eventually('there is room', put)
    await store.close()
  })

  test('trims, which makes room', async (on) => {
    const { store, log } = await fullStore(on)
    const before = log.endOffset() - 5
    expect(await log.trim(before)).toBe(before)
    const append = passes(() => log.append({ value }))
    await eventually('there is room', append)
    await store.close()
  })
})

/** Files below a folder that this process has open. */
function openFiles(folder: string): string[] {
  const links = readdirSync('/proc/self/fd').flatMap((name) => {
    try {
      return [readlinkSync(join('/proc/self/fd', name))]
    } catch {
      return [] // the descriptor that listed them
    }
  })
  return links.filter((link) => link.startsWith(folder))
}

test('a sync that fails closes the store, names the file, and lets go of the disk', async (on) => {
  // The disk believes that it has more room than what it lies on.
  const thin = useDisk(on, 'tmpfs', 24)
  const disk = useDisk(on, 'ext4', 64, thin.path)
  const directory = join(disk.path, 'data')
  const store = await Store.open(directory)
  const log = await store.log('log', { configs: { 'segment.bytes': '1048576' } })
  const queue = await store.queue('jobs', { consumers: ['c'] })
  for (const text of ['a', 'b', 'c']) await queue.put({ value: text })
  const [first, second] = await takeSome(queue, 3)
  await first?.ack()
  const waiting = takeSome(queue, 1).catch((error: unknown) => error)
  let appended = 0
  const failure = await untilRefused(async () => {
    await log.append({ value })
    appended++
  })
  const failed = expect.objectContaining({ code: 'LOG_FAILED', retriable: false })
  expect(failure).toEqual(failed)
  // The kernel may tell the write behind it first, by when it has made the disk read-only.
  const how = /: a (write|flush) failed: \w+ .*: (Input\/output error|Read-only file system)\.$/
  expect((failure as Error).message).toMatch(how)
  expect((failure as Error).message).toContain(`${directory}/`)
  expect(await waiting).toEqual(failed)
  await expect(second?.ack()).rejects.toEqual(failed)
  await expect(queue.put({ value: 'd' })).rejects.toEqual(failed)
  await expect(store.close()).rejects.toEqual(failed)
  expect(openFiles(disk.path)).toEqual([])

  expect(spawnSync('mount', ['-o', 'remount,size=200m', thin.path]).status).toBe(0)
  disk.repair()
  const again = await Store.open(directory)
  const kept = await again.log('log')
  expect(kept.endOffset()).toBeGreaterThanOrEqual(appended)
  for await (const record of kept.read()) expect(record.value?.equals(value)).toBe(true)
  const left = await takeSome(await again.queue('jobs'), 2)
  expect(left.map((message) => String(message.value))).toEqual(['b', 'c'])
  await again.close()
})

test('a disk that turns read-only closes the queue, and the next finds it whole', async (on) => {
  const disk = useDisk(on, 'ext4', 64)
  const directory = join(disk.path, 'data')
  const queue = await Queue.open(directory, { consumers: ['c'] })
  for (const text of ['a', 'b']) await queue.put({ value: text })
  const [first, second] = await takeSome(queue, 2)
  await first?.ack()
  if (!disk.becomeReadOnly()) on.skip('the kernel cannot be told that the disk failed')
  expect(await untilRefused(() => queue.put({ value: 'c' }))).toMatchObject({ code: 'LOG_FAILED' })
  await expect(second?.ack()).rejects.toMatchObject({ code: 'LOG_FAILED' })
  await queue.close().catch(() => undefined)
  await eventually('its files are closed', () => openFiles(disk.path).length === 0)
  disk.repair()
  const again = await Queue.open(directory)
  const [next] = await takeSome(again, 1)
  expect(String(next?.value)).toBe('b')
  await again.close()
})

test('without descriptors calls are refused, and pass when there are some', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'odradek-descriptors-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const program = `
    import { Store } from ${JSON.stringify(join(root, 'dist', 'queue', 'index.js'))}
    const store = await Store.open(${JSON.stringify(join(folder, 'data'))})
    const log = await store.log('log', { configs: { 'segment.bytes': '1048576' } })
    const queue = await store.queue('jobs', { consumers: ['c'], maxBytes: 8 << 20 })
    const value = Buffer.alloc(100_000, 'x')
    await log.append({ value })
    for (let i = 0; i < 3; i++) await queue.put({ value })
    const iterator = queue.take({ consumer: 'c' })[Symbol.asyncIterator]()
    const first = (await iterator.next()).value
    const words = ({ code, message }) => code + ' ' + message
    const told = async (call) => call().then(() => 'done', words)
    const refused = async (call) => {
      for (let i = 0; i < 50; i++) {
        const how = await told(call)
        if (how !== 'done') return how
      }
      return 'never refused'
    }
    process.on('message', async (what) => {
      if (what === 'refused') {
        const [append, put] = [() => log.append({ value }), () => queue.put({ value })]
        process.send([await refused(append), await refused(put), await told(() => first.ack())])
      } else {
        process.send([
          await told(() => log.append({ value })),
          await told(() => queue.put({ value })),
          await told(async () => (await iterator.next()).value.ack()),
          await told(() => store.close()),
        ])
        process.exit(0)
      }
    })
    process.send('open')
  `
  const file = join(folder, 'program.mjs')
  writeFileSync(file, program)
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const limit = (files: number): void => {
    expect(spawnSync('prlimit', [`--pid=${child.pid}`, `--nofile=${files}:`]).status).toBe(0)
  }
  const answer = async (): Promise<unknown> => (await once(child, 'message'))[0]
  expect(await answer()).toBe('open')
  limit(1)
  child.send('refused')
  const [append, put, ack] = (await answer()) as string[]
  expect(append).toMatch(/^DISK_FULL .*Too many open files/)
  expect(put).toMatch(/^DISK_FULL .*Too many open files/)
  expect(ack).toBe('done')
  limit(10_000)
  child.send('pass')
  expect(await answer()).toEqual(['done', 'done', 'done', 'done'])
})
