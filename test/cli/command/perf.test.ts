/** `perf` commands; their lines beside those of Kafka's tools are in test/conformance. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { capturedTerminal } from '../captured-terminal.ts'
import { TestCluster } from './cluster.ts'

let cluster: TestCluster

beforeAll(async () => {
  cluster = await TestCluster.start({ orders: 2, idle: 1 })
})
afterAll(() => cluster?.close())

async function recordsIn(topic: string): Promise<number> {
  const [found] = await cluster.admin.describeTopics([topic])
  const places = (found?.partitions ?? []).map(({ partition }) => ({ topic, partition }))
  const ends = await cluster.admin.listOffsets(
    places.map((place) => ({ ...place, at: 'latest' as const })),
  )
  return ends.reduce((sum, { offset }) => sum + offset, 0)
}

test('a run of records that is told to stop tells what it did', async () => {
  const terminal = capturedTerminal()
  const args = ['--throughput', '2000', '--reporting-interval', '50', '--json']
  const running = cluster.run(['perf', 'produce', 'orders', ...args], terminal)
  await expect.poll(() => terminal.stdout.length, { timeout: 8_000 }).toBeGreaterThan(2)
  process.emit('SIGINT')
  const { code, out } = await running
  expect(code).toBe(0)
  const lines = out.map((line) => JSON.parse(line) as { kind: string; records: number })
  const total = lines.pop()
  expect(total?.kind).toBe('total')
  expect(total?.records).toBe(await recordsIn('orders'))
  expect(total?.records).toBeLessThan(1_000_000)
  const reported = lines.reduce((sum, { records }) => sum + records, 0)
  expect(reported).toBeLessThanOrEqual(total?.records ?? 0)
})

test('consuming waits no longer than it is told, and counts keys too', async () => {
  await cluster.producer.send({ topic: 'idle', key: 'k'.repeat(1024), value: 'v'.repeat(1024) })
  const args = ['perf', 'consume', 'idle', '--timeout', '300', '--num-records', '5', '--json']
  const { code, out, err } = await cluster.run(args)
  expect([code, err.length]).toEqual([0, 1])
  expect(JSON.parse(out.at(-1) ?? '')).toMatchObject({ kind: 'total', records: 1, mb: 2 / 1024 })
})

test('from the end there is nothing to consume', async () => {
  const args = ['perf', 'consume', 'idle', '--timeout', '300', '--from-latest', '--hide-header']
  const { out } = await cluster.run(args)
  expect(out).toHaveLength(1)
  expect(out[0]?.split(', ')[4]).toBe('0')
})

test('latency of a record after the other', async () => {
  const { code, out } = await cluster.run([
    'perf',
    'latency',
    'orders',
    '--num-records',
    '20',
    '--json',
  ])
  const [first, total] = out.map((line) => JSON.parse(line) as Record<string, unknown>)
  expect([code, out.length]).toEqual([0, 2])
  expect(first).toEqual({ kind: 'record', index: 0, latencyMs: expect.any(Number) })
  expect(total).toMatchObject({ kind: 'total', records: 20 })
})

test('where no broker is, each says so', async () => {
  for (const verb of ['produce', 'consume', 'latency']) {
    const terminal = capturedTerminal()
    const configs = ['-X', 'max.block.ms=200', '-X', 'default.api.timeout.ms=200']
    const args = ['perf', verb, 'orders', '--broker', '127.0.0.1:1', ...configs]
    const { runCommandLine } = await import('../../../src/cli/program.ts')
    const limit = verb === 'consume' ? ['--timeout', '300', '--hide-header'] : []
    const code = await runCommandLine([...args, ...limit], terminal)
    expect([verb, code, terminal.stdout]).toEqual([verb, 1, []])
    expect(terminal.stderr.at(-1)).toMatch(/^odradek: .*127\.0\.0\.1:1/)
  }
})
