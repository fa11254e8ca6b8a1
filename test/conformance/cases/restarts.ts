import { expect } from 'vitest'
import { RawConnection } from '../raw-connection.ts'
import { logEndOffset, waitForRecords } from '../raw-requests.ts'
import { pollUntil } from './client-driver.ts'
import { join, type Member, shared } from './members.ts'
import { type Case, caseMsMax, type Stage } from './stage.ts'

const partitions = 6

/** A restart of the reference broker on a busy machine, until its clients have found it again. */
const restartMsMax = 120_000

const sentBefore = 600
const sentAfter = 60

/** Sends the numbers from `from` up to, not including, `to`, twenty a request. */
async function send({ client }: Stage, topic: string, from: number, to: number): Promise<void> {
  for (let first = from; first < to; first += 20) {
    const numbers = Array.from({ length: 20 }, (_, i) => first + i)
    await client.produce(
      numbers.map((n) => ({ topic, partition: n % partitions, value: String(n) })),
    )
  }
}

/** All to their ends, so that the broker is in no case left in between; throws what they threw. */
async function together(...all: readonly Promise<void>[]): Promise<void> {
  const failures = (await Promise.allSettled(all)).flatMap((result) =>
    result.status === 'rejected' ? [result.reason] : [],
  )
  if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join('; '))
}

async function restart({ broker }: Stage): Promise<void> {
  await broker.stop()
  await broker.start()
}

/**
 * Reads until all numbers of the range came; for the first time, those of a partition come in their
 * order, where it is asked for. Without idempotence a client may send one again: it comes twice.
 */
async function readAll(
  members: readonly Member[],
  [from, to]: readonly [from: number, to: number],
  inOrder: boolean,
): Promise<void> {
  const seen = new Set<number>()
  const newest = new Map<number, number>()
  const readers = members.map((member) => member.consumer)
  const takeAll = () => {
    for (const { value, partition } of readers.flatMap((reader) => reader.drain())) {
      const number = Number(value)
      if (seen.has(number)) continue
      seen.add(number)
      expect(number).toBeGreaterThanOrEqual(from)
      expect(number).toBeLessThan(to)
      if (inOrder) expect(number).toBeGreaterThan(newest.get(partition) ?? -1)
      newest.set(partition, number)
    }
    return seen.size === to - from
  }
  await pollUntil('all is consumed', readers, takeAll, caseMsMax + restartMsMax)
}

/**
 * Commits the end of each member's partitions, when each of two has three again. Records that were
 * sent again after the restart make it a later one than that of the sent numbers.
 */
async function commitAll(
  { broker }: Stage,
  topic: string,
  members: readonly Member[],
): Promise<void> {
  await shared(members, 3, 3)
  const connection = await RawConnection.open(broker.port)
  for (const { consumer } of members) {
    const ends = []
    for (const { partition } of await consumer.assignment()) {
      const offset = (await logEndOffset(connection, topic, partition)) ?? -1
      ends.push({ topic, partition, offset })
    }
    await consumer.commit(...ends)
  }
  connection.close()
}

/** What goes on when the broker goes away and comes back; they stand last, for its sake. */
export const restartCases: readonly Case[] = [
  {
    name: 'a group goes on through a restart of the broker, and another member resumes after it',
    msMax: caseMsMax + 3 * restartMsMax,
    async run(stage) {
      const [topic, group] = [await stage.topic(partitions), stage.name('group')]
      // A member that comes back as a new one waits until its old self has expired.
      const options = { group, sessionTimeoutMs: 6_000 }
      const members = [await join(stage, topic, options), await join(stage, topic, options)]
      await shared(members, 3, 3)
      const restartInTheMiddle = async () => {
        await waitForRecords(stage.broker.port, topic, partitions, sentBefore / 10)
        await restart(stage)
      }
      const sent = send(stage, topic, 0, sentBefore)
      await together(sent, restartInTheMiddle(), readAll(members, [0, sentBefore], true))
      await commitAll(stage, topic, members)
      for (const { driver } of members) await driver.close()
      await restart(stage)
      const third = await join(stage, topic, options)
      await shared([third], 6)
      const end = sentBefore + sentAfter
      await send(stage, topic, sentBefore, end)
      // A producer notices now that the broker went away: what it had under way may come in any
      // order, and again, but nothing from before the commits.
      await readAll([third], [sentBefore, end], false)
    },
  },
  {
    name: 'an idempotent producer goes on through a kill of the broker, without duplicates',
    msMax: caseMsMax + restartMsMax,
    async run(stage) {
      stage.client.needs('idempotent')
      const topic = await stage.topic()
      const count = 2_000
      const killInTheMiddle = async () => {
        await waitForRecords(stage.broker.port, topic, 1, count / 10)
        await stage.broker.kill()
        await stage.broker.start()
      }
      const produce = async () => {
        for (let n = 0; n < count; n += 20) {
          const numbers = Array.from({ length: 20 }, (_, i) => String(n + i))
          const sent = numbers.map((value) => ({ topic, partition: 0, value }))
          await stage.client.produce(sent, { idempotent: true })
        }
      }
      await together(produce(), killInTheMiddle())
      const got = await stage.read(topic, count)
      expect(got.map((record) => Number(record.value))).toEqual(
        Array.from({ length: count }, (_, i) => i),
      )
    },
  },
]
