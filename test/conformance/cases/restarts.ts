import { expect } from 'vitest'
import { waitForRecords } from '../raw-requests.ts'
import { pollUntil } from './client-driver.ts'
import type { Case } from './stage.ts'

const partitions = 6

/** What goes on when the broker goes away and comes back; they stand last, for its sake. */
export const restartCases: readonly Case[] = [
  {
    name: 'a group goes on through a restart of the broker, and another resumes after it',
    async run(stage) {
      stage.client.needs('subscribe')
      const [topic, group] = [await stage.topic(partitions), stage.name('group')]
      const driver = await stage.open()
      const options = { group, sessionTimeoutMs: 6_000, heartbeatMs: 500 }
      const reader = await driver.consumer(options)
      await reader.subscribe(topic)
      const send = async (from: number) => {
        const numbers = Array.from({ length: 60 }, (_, i) => from + i)
        await stage.client.produce(
          numbers.map((n) => ({ topic, partition: n % partitions, value: String(n) })),
        )
      }
      await send(0)
      const offsets = (await reader.take(60)).map((one) => ({ ...one, offset: one.offset + 1 }))
      await reader.commit(...offsets)
      await stage.broker.stop()
      await stage.broker.start()
      await send(60)
      const values = new Set<string | null>()
      await pollUntil('what was sent after the restart comes', [reader], () => {
        for (const { value } of reader.drain()) values.add(value)
        return Array.from({ length: 60 }, (_, i) => String(60 + i)).every((n) => values.has(n))
      })
      await driver.close()
      const later = await stage.consumer(options)
      await later.subscribe(topic)
      const got = (await later.take(60)).map((record) => Number(record.value))
      expect(got.sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, i) => 60 + i))
    },
  },
  {
    name: 'an idempotent producer goes on through a kill of the broker, without duplicates',
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
      await Promise.all([produce(), killInTheMiddle()])
      const got = await stage.read(topic, count)
      expect(got.map((record) => Number(record.value))).toEqual(
        Array.from({ length: count }, (_, i) => i),
      )
    },
  },
]
