/** What `config`, `records` and `topic alter` say; more of what they do is in test/conformance. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TestCluster } from './cluster.ts'

let cluster: TestCluster
const run = (...args: string[]) => cluster.run(args)

beforeAll(async () => {
  cluster = await TestCluster.start({ orders: 2, returns: 1 })
  await cluster.fill('orders', 0, 10)
})
afterAll(() => cluster?.close())

test('config alter in words and as JSON', async () => {
  const changes = ['--set', 'retention.ms=1000', '--append', 'cleanup.policy=compact']
  const words = await run('config', 'alter', 'topic', 'orders', ...changes)
  expect(words.out).toEqual([
    'topic orders: retention.ms=1000',
    'topic orders: cleanup.policy has compact in addition',
  ])
  const more = ['--subtract', 'cleanup.policy=delete', '--delete', 'retention.ms', '--dry-run']
  const json = await run('config', 'alter', 'topic', 'orders', ...more, '--json')
  expect(JSON.parse(json.out[0] ?? '')).toEqual({
    type: 'topic',
    name: 'orders',
    changes: [
      { name: 'cleanup.policy', operation: 'subtract', value: 'delete' },
      { name: 'retention.ms', operation: 'delete' },
    ],
    validateOnly: true,
  })
  expect(json.err).toEqual([])
})

test('config describe of each topic, and of none', async () => {
  const { out } = await run('config', 'describe', 'topic')
  expect(out).toEqual([
    'topic orders',
    '  CONFIG          VALUE           SOURCE  DEFAULT',
    '  cleanup.policy  delete,compact  topic   delete',
    '  retention.ms    1000            topic   -',
    'topic returns',
    '  nothing is set',
  ])
  const none = await run('config', 'describe', 'user')
  expect(none).toEqual({ code: 0, out: [], err: ['No user has any.'] })
  expect((await run('config', 'describe', 'user', '--json')).out).toEqual(['[]'])
})

test('records delete goes on behind a failure', async () => {
  const args = ['records', 'delete', 'orders', '--before', '4']
  const { code, out, err } = await run(...args)
  expect(code).toBe(1)
  expect(out).toEqual(['TOPIC   PARTITION  LOW-WATERMARK', 'orders          0              4'])
  expect(err).toHaveLength(1)
  expect(err[0]).toContain('orders-1')
  const json = await run(...args, '--json')
  expect(JSON.parse(json.out[0] ?? '')).toEqual([
    { topic: 'orders', partition: 0, lowWatermark: 4, error: null },
    { topic: 'orders', partition: 1, lowWatermark: null, error: 'OFFSET_OUT_OF_RANGE' },
  ])
})

test('topic alter as JSON; a config that is refused leaves the partitions', async () => {
  const args = ['topic', 'alter', 'returns', '--partitions', '2', '--config']
  const refused = await run(...args, 'retention.ms=soon')
  expect([refused.code, refused.out]).toEqual([1, []])
  expect((await cluster.admin.describeTopics(['returns']))[0]?.partitionCount).toBe(1)
  const { out } = await run(...args, 'retention.ms=5000', '--json')
  expect(JSON.parse(out[0] ?? '')).toEqual({
    name: 'returns',
    partitions: 2,
    changes: [{ name: 'retention.ms', operation: 'set', value: '5000' }],
  })
})
