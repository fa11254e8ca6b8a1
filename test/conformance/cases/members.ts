import {
  type ClientDriver,
  type ConsumerOptions,
  type DriverConsumer,
  pollUntil,
} from './client-driver.ts'
import type { Stage } from './stage.ts'

/** Short, so that a member that was killed is missed soon. */
const quick = { sessionTimeoutMs: 4_000, heartbeatMs: 250 }

/** A member in a process of its own. */
export interface Member {
  readonly driver: ClientDriver
  readonly consumer: DriverConsumer
}

/** A member of a group that subscribes to one topic. */
export async function join(stage: Stage, topic: string, options: ConsumerOptions): Promise<Member> {
  stage.client.needs('subscribe')
  const driver = await stage.open()
  const consumer = await driver.consumer({ ...quick, ...options })
  await consumer.subscribe(topic)
  return { driver, consumer }
}

/** Waits until the members have so many partitions, each partition having one of them. */
export async function shared(
  members: readonly Member[],
  ...counts: readonly number[]
): Promise<void> {
  const consumers = members.map((member) => member.consumer)
  await pollUntil(`members have ${counts} partitions`, consumers, async () => {
    const all = await Promise.all(consumers.map((consumer) => consumer.assignment()))
    const places = new Set(all.flat().map(({ topic, partition }) => `${topic}/${partition}`))
    const sizes = all.map((own) => own.length)
    const total = counts.reduce((sum, count) => sum + count, 0)
    return places.size === total && `${sizes}` === `${counts}`
  })
}
