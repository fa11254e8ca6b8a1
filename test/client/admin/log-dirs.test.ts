import { afterEach, expect, test } from 'vitest'
import {
  type AlterReplicaLogDirsRequest,
  alterReplicaLogDirsApi,
} from '../../../src/protocol/generated/34-alter-replica-log-dirs.ts'
import { useDefault } from '../network/fake-cluster.ts'
import { Ends } from './admin-fixture.ts'

const ends = new Ends()
afterEach(() => ends.run())

/** An admin of two brokers, which have these codes for partitions of `t`. */
async function both(codes: Readonly<Record<number, number>>) {
  const asked: (readonly [node: number, dirs: string])[] = []
  const api = alterReplicaLogDirsApi
  const { admin, fake } = await ends.both({
    apis: [api],
    nodes: 2,
    answer: ({ key, node, body }) => {
      if (key !== api.key) return useDefault
      const { dirs } = body as AlterReplicaLogDirsRequest
      const shown = dirs.map(({ path, topics }) => {
        const of = topics.map(({ name, partitions }) => `${name}:${partitions.join('+')}`)
        return `${path} ${of.join(' ')}`
      })
      asked.push([node, shown.join(', ')])
      const results = dirs.flatMap(({ topics }) =>
        topics.map(({ name, partitions }) => ({
          topicName: name,
          partitions: partitions.map((partitionIndex) => ({
            partitionIndex,
            errorCode: codes[partitionIndex] ?? 0,
          })),
        })),
      )
      return { throttleTimeMs: 0, results }
    },
  })
  return { admin, asked, fake }
}

const to = (broker: number, partition: number, path: string) => ({
  broker,
  topic: 't',
  partition,
  path,
})

test('each broker is asked once, by directory', async () => {
  const { admin, asked } = await both({})
  await admin.alterReplicaLogDirs([to(1, 0, '/a'), to(2, 0, '/a'), to(1, 1, '/b'), to(1, 2, '/a')])
  expect(asked.sort()).toEqual([
    [1, '/a t:0+2, /b t:1'],
    [2, '/a t:0'],
  ])
})

test('each replica has an outcome, and what a broker lacks is not waited for', async () => {
  const { admin, asked } = await both({ 1: 57, 2: 9 })
  const moves = [to(1, 0, '/a'), to(1, 1, '/none'), to(1, 2, '/a'), to(9, 0, '/a')]
  await expect(admin.alterReplicaLogDirs(moves)).rejects.toMatchObject({
    results: [
      { topic: 't', partition: 0 },
      { code: 'LOG_DIR_NOT_FOUND', message: expect.stringContaining('the replica of t-1') },
      { code: 'REPLICA_NOT_AVAILABLE' },
      { code: 'BROKER_NOT_AVAILABLE' },
    ],
  })
  expect(asked).toHaveLength(1)
})
