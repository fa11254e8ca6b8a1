/** The embedded log's directory under brokers, on failing disks, and at the end of a process. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kafka, logLevel } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, test } from 'vitest'
import { Log, LogError, type LogRecord, Store } from '../../../src/queue/index.ts'
import { complaintsIn, kafkaObstacle } from '../apache-kafka/reference.ts'
import { BrokerProcess } from '../broker-process.ts'
import { useDisk } from '../failure/fixture.ts'
import { OnCopy } from './on-copy.ts'

const root = join(import.meta.dirname, '..', '..', '..')

async function valuesOf(records: AsyncIterable<LogRecord>): Promise<(string | undefined)[]> {
  const values: (string | undefined)[] = []
  for await (const { value } of records) values.push(value?.toString())
  return values
}

describe('a directory that an embedded log closed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'odradek-embedded-'))
  const obstacle = kafkaObstacle()
  if (obstacle !== undefined) console.log(`skipped: beside Apache Kafka: ${obstacle}`)

  beforeAll(async () => {
    await using store = await Store.open(folder)
    const audit = await store.log('audit', { partitions: 2, compression: 'gzip' })
    const other = await store.log('other', { durability: 'os' })
    await audit.append([{ key: 'k', value: '1', partition: 0 }, { value: '2' }])
    await audit.append({ value: '3', partition: 1 })
    await other.append({ value: 'x', headers: { h: 'v' } })
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  it.each(['odradek', 'kafka'] as const)('is served by %s, and comes back', async (name) => {
    if (name === 'kafka' && obstacle !== undefined) return
    const broker = await BrokerProcess.start({ target: new OnCopy(folder, name) })
    onTestFinished(() => broker.dispose())
    const retry = { initialRetryTime: 100, maxRetryTime: 1_000, retries: 60 }
    const kafka = new Kafka({ brokers: [broker.address], logLevel: logLevel.NOTHING, retry })
    const admin = kafka.admin()
    await admin.connect()
    expect((await admin.listTopics()).toSorted()).toEqual(['audit', 'other'])
    const ends = await admin.fetchTopicOffsets('audit')
    expect(ends.map(({ partition, low, high }) => [partition, low, high]).toSorted()).toEqual([
      [0, '0', '2'],
      [1, '0', '1'],
    ])
    await admin.disconnect()
    const producer = kafka.producer()
    await producer.connect()
    await producer.send({ topic: 'audit', messages: [{ value: '4', partition: 1 }] })
    await producer.disconnect()
    await broker.stop()
    expect(complaintsIn(broker.log)).toEqual([])

    await using store = await Store.open(broker.dataFolder)
    const audit = await store.log('audit')
    expect(await valuesOf(audit.read({ partition: 0 }))).toEqual(['1', '2'])
    expect(await valuesOf(audit.read({ partition: 1 }))).toEqual(['3', '4'])
    expect(await audit.append({ value: '5', partition: 1 })).toBe(2)
    expect(await valuesOf((await store.log('other')).read())).toEqual(['x'])
  })
})

test('a full disk refuses appends, and takes them again when it has room', async (context) => {
  const { path } = useDisk(context, 'tmpfs', 64)
  const log = await Log.open(join(path, 'data'), { configs: { 'segment.bytes': '1048576' } })
  const somebodyElse = join(path, 'somebody-else')
  const value = Buffer.alloc(100_000, 'x')
  let appended = 0
  for (; appended < 5; appended++) await log.append({ value })
  expect(() => writeFileSync(somebodyElse, Buffer.alloc(64 << 20))).toThrow(/ENOSPC/)
  let refused: unknown
  while (refused === undefined && appended < 1_000) {
    await log.append({ value }).then(
      () => appended++,
      (error: unknown) => {
        refused = error
      },
    )
  }
  expect(refused).toBeInstanceOf(LogError)
  expect(refused).toMatchObject({ code: 'DISK_FULL', retriable: true })
  expect((refused as LogError).message).toMatch(/No space left on device/)
  expect(log.endOffset()).toBe(appended)
  rmSync(somebodyElse)
  expect(await log.append({ value })).toBe(appended)
  await log.close()
  await using again = await Log.open(join(path, 'data'))
  expect(again.endOffset()).toBe(appended + 1)
})

test('a disk that turns read-only closes the log, and names the file', async (context) => {
  const disk = useDisk(context, 'ext4', 64)
  const log = await Log.open(join(disk.path, 'data'))
  await log.append({ value: '0' })
  if (!disk.becomeReadOnly()) context.skip('the kernel cannot be told that the disk failed')
  let failure: unknown
  const appending = async (): Promise<never> => {
    for (;;) await log.append({ value: '1' })
  }
  await appending().catch((error: unknown) => {
    failure = error
  })
  expect(failure).toBeInstanceOf(LogError)
  expect(failure).toMatchObject({ code: 'LOG_FAILED', retriable: false })
  expect((failure as LogError).message).toContain(disk.path)
  await expect(log.append({ value: '2' })).rejects.toMatchObject({ code: 'LOG_FAILED' })
  await expect(log.close()).rejects.toMatchObject({ code: 'LOG_FAILED' })
  const again = Log.open(join(disk.path, 'data'))
  await expect(again).rejects.toMatchObject({ code: 'NOT_OPENED' })
})

describe('a process', () => {
  const folder = mkdtempSync(join(tmpdir(), 'odradek-embedded-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  /** Runs a program with a log open; how it ended. */
  function run(program: string): { readonly status: number | null; readonly stdout: string } {
    const file = join(folder, 'program.mjs')
    const entry = JSON.stringify(join(root, 'dist', 'index.js'))
    const data = JSON.stringify(join(folder, 'data'))
    const opened = `import { Log } from ${entry}\nconst log = await Log.open(${data})\n`
    writeFileSync(file, opened + program)
    const { status, stdout } = spawnSync(process.execPath, [file], {
      encoding: 'utf8',
      timeout: 20_000,
    })
    return { status, stdout }
  }

  it('ends by itself once nobody waits for a record any more', () => {
    const ended = run(`
      const reader = log.read({ from: log.endOffset(), live: true })
      const next = reader.next()
      setTimeout(async () => {
        await reader.return()
        console.log(JSON.stringify(await next))
      }, 200)
    `)
    expect(ended).toEqual({ status: 0, stdout: '{"done":true}\n' })
  })

  it('may end with appends under way, of which the next finds what was acknowledged', () => {
    const ended = run(`
      let last = -1
      const acknowledge = (offset) => { last = offset }
      for (let i = 0; i < 100; i++) void log.append({ value: 'v' }).then(acknowledge)
      await log.append({ value: 'w' })
      for (let i = 0; i < 100; i++) void log.append({ value: 'x' })
      console.log(last)
      process.exit(3)
    `)
    expect(ended.status).toBe(3)
    const found = run(`
      console.log(log.endOffset() > ${ended.stdout.trim()})
      await log.close()
    `)
    expect(found).toEqual({ status: 0, stdout: 'true\n' })
  })
})
