/** A way to divide partitions that a program brings along, and headers that repeat themselves. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Assignor, Consumer, Producer } from '../../../src/client/index.ts'
import { BrokerProcess } from '../broker-process.ts'
import { eventually } from '../eventually.ts'
import { Feeder } from './feeder.ts'

let broker: BrokerProcess
let feeder: Feeder

beforeAll(async () => {
  broker = await BrokerProcess.start({ settings: { 'group.initial.rebalance.delay.ms': '0' } })
  feeder = new Feeder(broker.address)
})
afterAll(async () => {
  feeder?.close()
  await broker?.dispose()
})

/** Gives everything to the member that says the largest number; tells what each was given. */
function weighted(weight: number, told: string[]): Assignor {
  return {
    name: 'weighted',
    protocols: ['eager'],
    subscriptionUserData: () => Buffer.from([weight]),
    assign: ({ topics, members }) => {
      const all = [...topics].flatMap(([topic, racks]) =>
        racks.map((_, partition) => ({ topic, partition })),
      )
      const weights = members.map(({ userData }) => userData?.[0] ?? 0)
      const winner = weights.indexOf(Math.max(...weights))
      return new Map(
        members.map(({ memberId }, at) => [
          memberId,
          { partitions: at === winner ? all : [], userData: Buffer.from(`won by ${winner}`) },
        ]),
      )
    },
    onAssignment: ({ partitions, userData }) => {
      const text = Buffer.from(userData ?? []).toString()
      told.push(`${weight}: ${partitions.length}, ${text.replace(/\d/, 'n')}`)
    },
  }
}

test('an assignor of the program divides the partitions of all members', async () => {
  await feeder.create('weights', 3)
  const told: string[] = []
  const [light, heavy] = [1, 9].map(
    (weight) =>
      new Consumer({
        bootstrapServers: broker.address,
        groupId: 'weights',
        heartbeatIntervalMs: 100,
        partitionAssignors: [weighted(weight, told)],
      }),
  ) as [Consumer, Consumer]
  const ended = new AbortController()
  const reading = [light, heavy].map(async (consumer, at) => {
    if (at === 1) await sleep(500)
    await consumer.subscribe('weights')
    await consumer.run({ signal: ended.signal }, () => {})
  })
  await eventually('the heavy one has all', async () => heavy.assignment.length === 3)
  expect(light.assignment).toEqual([])
  expect(told).toContain('9: 3, won by n')
  await heavy.close()
  await eventually('the light one has all', async () => light.assignment.length === 3)
  ended.abort()
  await Promise.all(reading)
  await light.close()
})

test('headers come out in their order, with those of the same name', async () => {
  await feeder.create('headers', 1)
  const producer = new Producer({ bootstrapServers: broker.address })
  const headers = [
    ['trace', 'a'],
    ['other', ''],
    ['trace', 'b'],
  ] as const
  await producer.send({ topic: 'headers', value: 'v', headers })
  await producer.close()
  const consumer = new Consumer({ bootstrapServers: broker.address })
  consumer.assign([{ topic: 'headers', partition: 0 }])
  consumer.seek({ topic: 'headers', partition: 0 }, 0)
  const [record] = await consumer.poll({ timeoutMs: 10_000 })
  expect(record?.headers.map(({ key, value }) => [key, String(value)])).toEqual(headers)
  await consumer.close()
})
