/** What `group` commands say; what they do with members and with Kafka is in test/conformance. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { formatHostPort } from '../../../src/base/endpoint.ts'
import { runCommandLine } from '../../../src/cli/program.ts'
import { ErrorCode } from '../../../src/protocol/error-codes.ts'
import { deleteGroupsApi } from '../../../src/protocol/generated/42-delete-groups.ts'
import { FakeCluster, useDefault } from '../../client/network/fake-cluster.ts'
import { capturedTerminal } from '../captured-terminal.ts'
import { TestCluster } from './cluster.ts'

let cluster: TestCluster
const run = (...args: string[]) => cluster.run(['group', ...args])

beforeAll(async () => {
  cluster = await TestCluster.start({ orders: 2, returns: 1 })
  await cluster.fill('orders', 0, 10)
  await cluster.admin.alterGroupOffsets('billing', [{ topic: 'orders', partition: 0, offset: 4 }])
  await cluster.admin.alterGroupOffsets('mail', [{ topic: 'returns', partition: 0, offset: 0 }])
})
afterAll(() => cluster?.close())

test('list', async () => {
  const { code, out, err } = await run('list', '--type', 'classic')
  expect({ code, err }).toEqual({ code: 0, err: [] })
  expect(out).toEqual([
    'GROUP    TYPE     PROTOCOL  STATE',
    'billing  classic  -         Empty',
    'mail     classic  -         Empty',
  ])
  const none = await run('list', '--state', 'stable')
  expect(none).toEqual({ code: 0, out: [], err: ['There are no such groups.'] })
  expect(await run('list', '--state', 'stable', '--json')).toEqual({
    code: 0,
    out: ['[]'],
    err: [],
  })
})

test('describe as a table and as JSON', async () => {
  const words = await run('describe', 'billing', 'mail')
  expect(words.out).toEqual([
    'GROUP    TOPIC    PARTITION  CURRENT-OFFSET  LOG-END-OFFSET  LAG  ' +
      'CONSUMER-ID  HOST  CLIENT-ID',
    'billing  orders           0               4              10    6  -            -     -',
    'mail     returns          0               0               0    0  -            -     -',
  ])
  expect(words.err).toHaveLength(2)
  const { out, err } = await run('describe', 'billing', '--state', '--json')
  expect(err).toEqual([])
  expect(JSON.parse(out[0] ?? '')).toEqual([
    {
      group: 'billing',
      state: 'Empty',
      type: 'classic',
      protocolType: '',
      assignor: '',
      coordinator: { id: 1, host: expect.any(String), port: expect.any(Number) },
      members: [],
      partitions: [
        {
          ...{ topic: 'orders', partition: 0, currentOffset: 4, logEndOffset: 10, lag: 6 },
          ...{ leaderEpoch: null, memberId: null, host: null, clientId: null },
        },
      ],
    },
  ])
})

test('members of a group without any are no table', async () => {
  const { code, out, err } = await run('describe', 'billing', '--members')
  expect([code, out, err]).toEqual([0, [], ['Group "billing" has no active members.']])
})

test('watch shows what changes, until a signal', async () => {
  const terminal = capturedTerminal()
  const args = ['group', 'describe', 'mail', '--json', '--watch', '0.1']
  const watching = cluster.run(args, terminal)
  await expect.poll(() => terminal.stdout.length, { timeout: 8_000 }).toBeGreaterThan(0)
  await cluster.fill('returns', 0, 3)
  const lags = () =>
    terminal.stdout.map((line) => {
      const [group] = JSON.parse(line) as { partitions: { lag: number }[] }[]
      return group?.partitions[0]?.lag
    })
  await expect.poll(() => lags().at(-1), { timeout: 8_000 }).toBe(3)
  process.emit('SIGINT')
  expect((await watching).code).toBe(0)
  expect(lags()[0]).toBe(0)
})

test('reset-offsets says where the group was and what is odd', async () => {
  const args = ['reset-offsets', 'billing', '--topic', 'orders', '--to-offset', '12']
  const { out, err } = await run(...args)
  expect(out).toEqual([
    'GROUP    TOPIC   PARTITION  CURRENT-OFFSET  NEW-OFFSET',
    'billing  orders          0               4          10',
    'billing  orders          1  -                        0',
  ])
  expect(err).toEqual([
    'orders-0: offset 12 is behind the log; its end, 10, is taken.',
    'orders-1: offset 12 is behind the log; its end, 0, is taken.',
    'This is a plan, and nothing was changed: --execute carries it out.',
  ])
})

test('several groups are all planned before one is changed', async () => {
  const args = ['reset-offsets', 'billing', 'mail', '--topic', 'orders:0', '--shift-by', '1']
  const { code, err } = await run(...args, '--execute')
  expect([code, err.length]).toEqual([1, 1])
  expect(err[0]).toContain('Group "mail" has committed nothing for orders-0')
  expect(await cluster.admin.listGroupOffsets('billing')).toMatchObject([{ offset: 4 }])
})

test('delete says which, and which not', async () => {
  const partly = await run('delete', 'billing', '--topic', 'orders:0', '--json')
  const deleted = [{ group: 'billing', topic: 'orders', partition: 0 }]
  expect(partly).toEqual({ code: 0, out: [JSON.stringify(deleted)], err: [] })
  const { code, out, err } = await run('delete', 'mail', 'nobody', '--json')
  expect(code).toBe(1)
  expect(JSON.parse(out[0] ?? '')).toEqual([
    { group: 'mail', error: null },
    { group: 'nobody', error: 'GROUP_ID_NOT_FOUND' },
  ])
  expect(err).toHaveLength(1)
})

test('a group that has to wait does not let another one be deleted twice', async () => {
  const asked: string[] = []
  const fake = await FakeCluster.start({
    apis: [deleteGroupsApi],
    answer: ({ key, body }) => {
      if (key !== deleteGroupsApi.key) return useDefault
      const results = (body as { groupsNames: ('loading' | 'ready')[] }).groupsNames.map(
        (groupId) => {
          const { NONE, COORDINATOR_LOAD_IN_PROGRESS, GROUP_ID_NOT_FOUND } = ErrorCode
          const codes = {
            loading: [COORDINATOR_LOAD_IN_PROGRESS, NONE],
            ready: [NONE, GROUP_ID_NOT_FOUND],
          }[groupId]
          const before = asked.filter((one) => one === groupId).length
          asked.push(groupId)
          return { groupId, errorCode: codes?.[before] ?? GROUP_ID_NOT_FOUND }
        },
      )
      return { throttleTimeMs: 0, results }
    },
  })
  const servers = fake.endpoints.map(formatHostPort).join(',')
  const terminal = capturedTerminal()
  const args = ['group', 'delete', 'loading', 'ready', '-b', servers]
  expect([await runCommandLine(args, terminal), terminal.stderr]).toEqual([0, []])
  expect(terminal.stdout).toEqual(['Deleted group loading.', 'Deleted group ready.'])
  expect(asked.toSorted()).toEqual(['loading', 'loading', 'ready'])
  await fake.close()
})

test('all groups of a cluster without any', async () => {
  const other = await TestCluster.start({})
  try {
    for (const verb of ['describe', 'delete']) {
      const ended = await other.run(['group', verb, '--all-groups'])
      expect([verb, ended]).toEqual([verb, { code: 0, out: [], err: ['There are no groups.'] }])
    }
  } finally {
    await other.close()
  }
})
