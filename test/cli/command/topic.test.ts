import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCommandLine } from '../../../src/cli/program.ts'
import { capturedTerminal } from '../captured-terminal.ts'
import { socketBroker } from '../socket-broker.ts'

let broker: Awaited<ReturnType<typeof socketBroker>>
beforeAll(async () => {
  broker = await socketBroker()
})
afterAll(() => broker.close())

async function topic(...args: string[]) {
  const { host, port } = broker.endpoint
  const terminal = capturedTerminal()
  const code = await runCommandLine(['topic', ...args, '--broker', `${host}:${port}`], terminal)
  return { code, out: terminal.stdout, err: terminal.stderr }
}

test('create, list, describe and delete', async () => {
  expect(await topic('list')).toEqual({ code: 0, out: [], err: ['There are no topics.'] })
  const created = await topic(
    ...['create', 'orders', '--partitions', '2'],
    ...['--config', 'retention.ms=1000', '--config', 'cleanup.policy=compact'],
  )
  expect(created).toEqual({ code: 0, out: ['Created topic orders with 2 partitions.'], err: [] })

  const listed = await topic('list')
  expect(listed.code).toBe(0)
  expect(listed.out[0]).toMatch(/^TOPIC +PARTITIONS +ID$/)
  expect(listed.out[1]).toMatch(/^orders +2 {2}[\w-]{22}$/)

  const described = await topic('describe', 'orders')
  expect(described.out[0]).toMatch(/^orders {2}[\w-]{22}$/)
  expect(described.out.slice(1, 3).sort()).toEqual([
    '  cleanup.policy=compact',
    '  retention.ms=1000',
  ])
  expect(described.out.at(-1)?.trim().split(/ +/)).toEqual(['1', '1', '0', '1', '1'])

  expect(await topic('delete', 'orders')).toEqual({
    code: 0,
    out: ['Deleted topic orders.'],
    err: [],
  })
  expect((await topic('list')).out).toEqual([])
})

test('--json prints data that a program can read', async () => {
  const created = JSON.parse((await topic('create', 'j', '--json')).out.join('')) as unknown
  expect(created).toMatchObject({ name: 'j', partitions: 1, replicationFactor: 1 })
  const listed = JSON.parse((await topic('list', '--json')).out.join('')) as unknown
  expect(listed).toMatchObject([{ name: 'j', partitions: 1, internal: false }])
  const described = JSON.parse((await topic('describe', '--json')).out.join('')) as unknown
  const partition = { partition: 0, leader: 1, leaderEpoch: 0, replicas: [1], isr: [1] }
  expect(described).toMatchObject([{ name: 'j', configs: {}, partitions: [partition] }])
  expect((await topic('delete', 'j', '--json')).out).toEqual(['{"name":"j"}'])
})

test('what the broker refuses is one sentence with its error', async () => {
  expect(await topic('create', 'bad name')).toMatchObject({ code: 1, out: [] })
  await topic('create', 'twice')
  const again = await topic('create', 'twice')
  expect(again.err).toEqual([
    `odradek: Cannot create topic "twice": Topic 'twice' already exists (TOPIC_ALREADY_EXISTS).`,
  ])
  const unknown = await topic('describe', 'nope')
  expect(unknown.err.join()).toContain('Cannot describe topic "nope"')
  expect((await topic('delete', 'nope')).err.join()).toContain('(UNKNOWN_TOPIC_OR_PARTITION)')
  const config = await topic('create', 'c', '--config', 'retention.m=1')
  expect(config.err.join()).toContain(
    "Unknown topic config name: retention.m; did you mean 'retention.ms'? (INVALID_CONFIG)",
  )
  await topic('delete', 'twice')
})
