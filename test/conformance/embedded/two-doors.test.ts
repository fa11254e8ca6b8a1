/** A log that a process and stock clients use at once: groups, its directory later, its disk. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Consumer, Kafka, logLevel, type Producer } from 'kafkajs'
import { afterAll, describe, expect, it, onTestFinished, test } from 'vitest'
import { Broker } from '../../../src/broker/index.ts'
import { Log, LogError, Store } from '../../../src/queue/index.ts'
import { complaintsIn, kafkaObstacle } from '../apache-kafka/reference.ts'
import { BrokerProcess } from '../broker-process.ts'
import { eventually } from '../eventually.ts'
import { useDisk } from '../failure/fixture.ts'
import { OnCopy } from './on-copy.ts'

const root = join(import.meta.dirname, '..', '..', '..')
const retry = { initialRetryTime: 50, maxRetryTime: 500, retries: 100 }

function clientOf(...brokers: string[]): Kafka {
  return new Kafka({ brokers, logLevel: logLevel.NOTHING, retry })
}

async function producerOf(kafka: Kafka): Promise<Producer> {
  const producer = kafka.producer()
  await producer.connect()
  onTestFinished(() => producer.disconnect())
  return producer
}

/** Consumes as a group; what it reads goes to `read`, as `partition offset value`. */
async function consume(kafka: Kafka, topic: string, read: string[]): Promise<Consumer> {
  const consumer = kafka.consumer({ groupId: 'g', sessionTimeout: 6_000 })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({
    eachMessage: async ({ partition, message }) => {
      read.push(`${partition} ${message.offset} ${message.value}`)
    },
  })
  return consumer
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'odradek-two-doors-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

describe('a group of clients', () => {
  const perDoor = 300

  it('reads what both doors wrote, and goes on where it was with the next broker', async () => {
    const folder = temporaryFolder()
    const store = await Store.open(folder)
    onTestFinished(() => store.close().catch(() => undefined))
    const log = await store.log('audit', { partitions: 2 })
    const options = { log: store, configs: { 'group.initial.rebalance.delay.ms': '0' } }
    const first = await Broker.start(options)
    const kafka = clientOf(first.bootstrapServers)
    const read: string[] = []
    const consumer = await consume(kafka, 'audit', read)
    const producer = await producerOf(kafka)
    const live: string[] = []
    const readers = [0, 1].map(async (partition) => {
      for await (const { offset, value } of log.read({ partition, live: true })) {
        live.push(`${partition} ${offset} ${value}`)
      }
    })
    const told: string[] = []
    const inside = async (): Promise<void> => {
      const appends = Array.from({ length: perDoor }, async (_, i) => {
        const [partition, value] = [i % 2, `inside ${i}`]
        told.push(`${partition} ${await log.append({ value, partition })} ${value}`)
      })
      await Promise.all(appends)
    }
    const outside = async (): Promise<void> => {
      for (let i = 0; i < perDoor; i += 3) {
        const partition = i % 2
        const values = [i, i + 1, i + 2].map((at) => `outside ${at}`)
        const messages = values.map((value) => ({ value, partition }))
        const [result] = await producer.send({ topic: 'audit', messages })
        const base = Number(result?.baseOffset)
        told.push(...values.map((value, at) => `${partition} ${base + at} ${value}`))
      }
    }
    await Promise.all([inside(), outside()])
    const all = told.toSorted()
    expect(new Set(all.map((line) => line.split(' ', 2).join())).size).toBe(2 * perDoor)
    await eventually('the group has all', () => read.length >= all.length)
    await eventually('the process has all', () => live.length >= all.length)
    expect(read.toSorted()).toEqual(all)
    expect(live.toSorted()).toEqual(all)

    await consumer.disconnect()
    await first.stop()
    await log.append([{ value: 'between', partition: 0 }])
    const second = await Broker.start(options)
    const later: string[] = []
    const again = await consume(clientOf(second.bootstrapServers), 'audit', later)
    await eventually('it goes on', () => later.length > 0)
    expect(later).toEqual([expect.stringMatching(/^0 \d+ between$/)])
    await again.disconnect()
    await store.close()
    await Promise.all(readers)
  })
})

describe('the directory of a log that had two doors', () => {
  const folder = mkdtempSync(join(tmpdir(), 'odradek-two-doors-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const obstacle = kafkaObstacle()
  if (obstacle !== undefined) console.log(`skipped: beside Apache Kafka: ${obstacle}`)

  it('is one that any broker serves', async () => {
    const log = await Log.open(folder, { name: 'audit' })
    for (let i = 0; i < 3; i++) {
      const broker = await Broker.start({ log, port: 0 })
      const producer = clientOf(broker.bootstrapServers).producer()
      await producer.connect()
      await producer.send({ topic: 'audit', messages: [{ value: `outside ${i}` }] })
      await producer.disconnect()
      await log.append({ value: `inside ${i}` })
      if (i < 2) await broker.stop()
    }
    await log.close()
    for (const name of ['odradek', 'kafka'] as const) {
      if (name === 'kafka' && obstacle !== undefined) continue
      const broker = await BrokerProcess.start({ target: new OnCopy(folder, name) })
      onTestFinished(() => broker.dispose())
      const admin = clientOf(broker.address).admin()
      await admin.connect()
      const [ends] = await admin.fetchTopicOffsets('audit')
      expect(ends).toMatchObject({ low: '0', high: '6' })
      await admin.disconnect()
      await broker.stop()
      expect(complaintsIn(broker.log)).toEqual([])
      await using again = await Log.open(broker.dataFolder, { name: 'audit' })
      expect(await again.append({ value: 'after' })).toBe(6)
    }
  })
})

test('a disk that turns read-only ends both doors, each with its error', async (context) => {
  const disk = useDisk(context, 'ext4', 64)
  const log = await Log.open(join(disk.path, 'data'))
  const broker = await Broker.start({ log, port: 0 })
  const producer = clientOf(broker.bootstrapServers).producer({ retry: { retries: 0 } })
  await producer.connect()
  await producer.send({ topic: 'log', messages: [{ value: '0' }] })
  await log.append({ value: '1' })
  if (!disk.becomeReadOnly()) context.skip('the kernel cannot be told that the disk failed')
  const untilRefused = async (write: () => Promise<unknown>): Promise<unknown> => {
    for (;;) {
      try {
        await write()
      } catch (error) {
        return error
      }
    }
  }
  const [inside, outside] = await Promise.all([
    untilRefused(() => log.append({ value: '2' })),
    untilRefused(() => producer.send({ topic: 'log', messages: [{ value: '3' }] })),
  ])
  expect(inside).toBeInstanceOf(LogError)
  expect(inside).toMatchObject({ code: 'LOG_FAILED' })
  expect((inside as LogError).message).toContain(disk.path)
  expect(outside).toBeInstanceOf(Error)
  expect((await broker.failure).message).toContain('The broker stops')
  await expect(log.close()).rejects.toMatchObject({ code: 'LOG_FAILED' })
  await broker.stop().catch(() => undefined)
  await producer.disconnect()
})

test('a process with both doors ends by itself once the log is closed', () => {
  const folder = temporaryFolder()
  const file = join(folder, 'program.mjs')
  const entry = (name: string): string => JSON.stringify(join(root, 'dist', name))
  writeFileSync(
    file,
    `
    import { Log } from ${entry('index.js')}
    import { Broker } from ${entry('broker/index.js')}
    const log = await Log.open(${JSON.stringify(join(folder, 'data'))})
    const broker = await Broker.start({ log, port: 0 })
    await log.append({ value: 'from inside' })
    await log.close()
    console.log(broker.observation.health().serving)
    `,
  )
  const { status, stdout } = spawnSync(process.execPath, [file], {
    encoding: 'utf8',
    timeout: 20_000,
  })
  expect({ status, stdout }).toEqual({ status: 0, stdout: 'false\n' })
})
