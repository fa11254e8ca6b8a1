/**
 * `odradek perf` against a broker: ours, and with CONFORMANCE_TARGET=kafka Apache Kafka. Its lines
 * have the form of those that Kafka's own tools print there.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Admin } from '../../../src/client/index.ts'
import { jars, kafkaObstacle } from '../apache-kafka/reference.ts'
import { BrokerProcess } from '../broker-process.ts'
import { hasSince } from '../client/kafka-version.ts'
import { describeUnless } from '../client-tools.ts'
import { runTool, type ToolName } from '../kafka-tools/tool.ts'
import { Commands } from './commands.ts'

let broker: BrokerProcess
let admin: Admin
let commands: Commands
let names = 0

beforeAll(async () => {
  broker = await BrokerProcess.start({ settings: { 'group.initial.rebalance.delay.ms': '0' } })
  admin = new Admin({ bootstrapServers: broker.address })
  commands = new Commands(broker)
})
afterAll(async () => {
  await admin?.close()
  await broker?.dispose()
})

async function freshTopic(partitions = 1): Promise<string> {
  const name = `perf-${names++}`
  await admin.createTopics([{ name, partitions, replicationFactor: 1 }])
  return name
}

/** Records in a topic, over its partitions. */
async function recordsIn(topic: string, partitions = 1): Promise<number> {
  const all = Array.from({ length: partitions }, (_, partition) => ({ topic, partition }))
  const ends = await admin.listOffsets(all.map((one) => ({ ...one, at: 'latest' as const })))
  return ends.reduce((sum, { offset }) => sum + offset, 0)
}

/** A line with each number as 9, or as 9.99 with so many digits behind the point. */
function formOf(line: string): string {
  return line
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d:\d{3}/g, 'TIME')
    .replace(/(?<![\d.])\d+(\.\d+)?(?![\d.]|th)/g, (_, digits: string | undefined) =>
      digits === undefined ? '9' : `9.${'9'.repeat(digits.length - 1)}`,
    )
}

const intervalForm =
  '9 records sent, 9.9 records/sec (9.99 MB/sec), 9.9 ms avg latency, 9.9 ms max latency.'
const totalForm =
  '9 records sent, 9.999999 records/sec (9.99 MB/sec), 9.99 ms avg latency, ' +
  '9.99 ms max latency, 9 ms 50th, 9 ms 95th, 9 ms 99th, 9 ms 99.9th.'
const consumeForm = 'TIME, TIME, 9.9999, 9.9999, 9, 9.9999, 9, 9, 9.9999, 9.9999'
const detailForm = 'TIME, 9, 9.9999, 9.9999, 9, 9.9999, 9, 9, 9.9999, 9.9999'
const latencyForms = ['Avg latency: 9.9999 ms', 'Percentiles: 50th = 9, 99th = 9, 99.9th = 9']

describe('perf produce', () => {
  test('every record arrives and is counted, in lines of a form that scripts know', async () => {
    const topic = await freshTopic(3)
    const args = ['--num-records', '20000', '--throughput', '20000', '--reporting-interval', '100']
    const { code, out, err } = await commands.run('perf', 'produce', topic, ...args)
    expect(code).toBe(0)
    expect(await recordsIn(topic, 3)).toBe(20_000)
    expect(out.slice(0, -1).length).toBeGreaterThan(1)
    for (const line of out.slice(0, -1)) expect(formOf(line)).toBe(intervalForm)
    expect(formOf(out.at(-1) ?? '')).toBe(totalForm)
    expect(out.at(-1)).toMatch(/^20000 records sent, /)
    // At 20,000 a second they take a second.
    const perSecond = Number(/, ([\d.]+) records\/sec/.exec(out.at(-1) ?? '')?.[1])
    expect(perSecond).toBeLessThanOrEqual(20_100)
    const counted = err.map((line) => Number(/(\d+)$/.exec(line)?.[1] ?? 0))
    expect(counted.reduce((sum, one) => sum + one, 0)).toBe(20_000)
  })

  test('as JSON, with configs of a producer', async () => {
    const topic = await freshTopic()
    const args = ['--num-records', '3000', '--record-size', '1000', '--json']
    const configs = ['--compression', 'gzip', '--acks', '1', '-X', 'linger.ms=5']
    // Larger batches go to a thread, which needs what is built.
    configs.push('--producer-props', 'batch.size=16384', 'max.block.ms=30000')
    const out = await commands.lines('perf', 'produce', topic, ...args, ...configs)
    const total = JSON.parse(out.at(-1) ?? '') as Record<string, number> & { histogram: [] }
    expect(total).toMatchObject({ kind: 'total', records: 3000 })
    const { p50Ms = -1, p95Ms = -1, p999Ms = -1, maxMs = -1 } = total
    expect([p50Ms, p95Ms, p999Ms, maxMs]).toEqual(
      [p50Ms, p95Ms, p999Ms, maxMs].sort((a, b) => a - b),
    )
    expect(total.histogram.length).toBeGreaterThan(0)
    expect(await recordsIn(topic)).toBe(3000)
  })

  test('what cannot be sent ends it with a sentence', async () => {
    const topic = await freshTopic()
    const args = ['--num-records', '10', '--record-size', '2000000', '-X', 'max.request.size=1000']
    const sentence = await commands.failure(1, 'perf', 'produce', topic, ...args)
    expect(sentence).toMatch(/^odradek: .*2000\d{3} bytes.*\.$/)
    const unknown = await commands.failure(1, 'perf', 'produce', topic, '-X', 'linger.m=1')
    expect(unknown).toContain("did you mean 'linger.ms'?")
  })
})

describe('perf consume', () => {
  test('what is there is read, and the group has committed it', async () => {
    const topic = await freshTopic(2)
    await commands.lines('perf', 'produce', topic, '--num-records', '5000')
    const args = ['--num-records', '5000', '--group', 'readers']
    const out = await commands.lines('perf', 'consume', topic, ...args)
    expect(out).toHaveLength(2)
    expect(out[0]?.split(', ')).toHaveLength(10)
    expect(formOf(out[1] ?? '')).toBe(consumeForm)
    const [, , mb, , records] = (out[1] ?? '').split(', ').map(Number)
    expect(records).toBe(5000)
    expect(mb).toBeCloseTo((5000 * 100) / 1024 / 1024, 4)
    const committed = await admin.listGroupOffsets('readers')
    expect(committed.reduce((sum, { offset }) => sum + offset, 0)).toBe(5000)
  })

  test('too few records end it after a time, with a warning', async () => {
    const topic = await freshTopic()
    await commands.lines('perf', 'produce', topic, '--num-records', '20')
    const args = ['--num-records', '21', '--timeout', '1500', '--hide-header']
    const { code, out, err } = await commands.run('perf', 'consume', topic, ...args)
    expect([code, out.length]).toEqual([0, 1])
    expect(err.join()).toContain('timeout (1500 ms) exceeded')
    expect(out[0]?.split(', ')[4]).toBe('20')
  })

  test('lines an interval, and as JSON', async () => {
    const topic = await freshTopic()
    await commands.lines('perf', 'produce', topic, '--num-records', '2000')
    const args = ['--num-records', '2000', '--fetch-size', '20000', '--show-detailed-stats']
    const [header, ...lines] = await commands.lines('perf', 'consume', topic, ...args)
    expect(header).toMatch(/^time, threadId, /)
    expect(lines.length).toBeGreaterThan(0)
    for (const line of lines) expect(formOf(line)).toBe(detailForm)
    expect(lines.at(-1)?.split(', ')[4]).toBe('2000')
    const json = await commands.lines('perf', 'consume', topic, '--num-records', '2000', '--json')
    const [total] = json.map((line) => JSON.parse(line))
    expect(total).toMatchObject({ kind: 'total', records: 2000 })
    expect(total.histogram.length).toBeGreaterThan(0)
  })
})

describe('perf latency', () => {
  test('a record after the other, in a topic that is made for it', async () => {
    const topic = `perf-${names++}`
    const { code, out, err } = await commands.run('perf', 'latency', topic, '--num-records', '1001')
    expect(code).toBe(0)
    expect(out.map((line) => line.split('\t')[0])).toEqual([
      '0',
      '1000',
      expect.anything(),
      expect.anything(),
    ])
    expect(out.slice(2).map(formOf)).toEqual(latencyForms)
    expect(err[0]).toBe(`Created topic ${topic} with 1 partition.`)
    expect(await recordsIn(topic)).toBe(1001)
  })

  test('of a topic with several partitions, and as JSON', async () => {
    const topic = await freshTopic(3)
    const args = ['--num-records', '50', '--record-size', '10', '--acks', 'all', '--json']
    const out = await commands.lines('perf', 'latency', topic, ...args)
    expect(JSON.parse(out.at(-1) ?? '')).toMatchObject({ kind: 'total', records: 50 })
    expect(await recordsIn(topic, 3)).toBe(50)
  })
})

describeUnless(kafkaObstacle(), "beside Apache Kafka's own tools", () => {
  async function tool(name: ToolName, args: readonly string[]): Promise<string[]> {
    const { output } = await runTool(jars, name, args)
    return output.split('\n').filter((line) => line !== '')
  }
  const server = () => ['--bootstrap-server', broker.address]

  test('the lines have the same form', async ({ skip }) => {
    if (!hasSince(4, 2)) skip("Apache Kafka's tools take these options since 4.2 (KIP-1147)")
    const topic = await freshTopic()
    const load = ['--topic', topic, '--num-records', '20000', '--record-size', '100']
    const slow = ['--throughput', '20000', '--reporting-interval', '400']
    const produced = await tool('kafka-producer-perf-test', [...server(), ...load, ...slow])
    expect(produced.map(formOf)).toContain(intervalForm)
    expect(produced.map(formOf).at(-1)).toBe(totalForm)
    const read = ['--topic', topic, '--num-records', '20000']
    const consumed = await tool('kafka-consumer-perf-test', [...server(), ...read])
    const [header] = await commands.lines('perf', 'consume', topic, '--num-records', '20000')
    expect(consumed[0]).toBe(header)
    expect(formOf(consumed[1] ?? '')).toBe(consumeForm)
    const measured = await tool('kafka-e2e-latency', [broker.address, topic, '100', '1', '100'])
    expect(measured.slice(-2).map(formOf)).toEqual(latencyForms)
    expect(await recordsIn(topic)).toBe(20_100)
  })
})
