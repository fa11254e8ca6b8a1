import { createTopicsApi } from '../../../src/protocol/generated/19-create-topics.ts'
import { decodeBatches, encodeBatch, newBatch } from '../../../src/protocol/record-batch.ts'
import type { RawConnection } from '../raw-connection.ts'
import { fetchRecords, logEndOffset, produceRecords } from '../raw-requests.ts'
import { ask } from '../typed-request.ts'
import { type Actor, accepted } from './actor.ts'
import { Witness } from './witness.ts'

const topic = 'latest'
const keys = 16
/** With these a segment of 1 MiB, the least that a topic may have, is full after some batches. */
const paddingBytes = 60_000

/** Writes keys of a compacted topic anew, two in one batch: the last value of each stays. */
export class LatestValues implements Actor {
  readonly name = 'values of a compacted topic'
  readonly #pairs = Array.from({ length: keys }, () => new Witness<readonly string[]>(['', '']))
  #next = 0

  witnesses = (): Iterable<Witness<unknown>> => this.#pairs

  async prepare(connection: RawConnection): Promise<void> {
    const settings = {
      'cleanup.policy': 'compact',
      'segment.bytes': String(1 << 20),
      'min.cleanable.dirty.ratio': '0.01',
      'file.delete.delay.ms': '50',
    }
    const configs = Object.entries(settings).map(([name, value]) => ({ name, value }))
    const one = { name: topic, numPartitions: 1, replicationFactor: 1, assignments: [], configs }
    const request = { topics: [one], timeoutMs: 30_000, validateOnly: false }
    accepted((await ask(connection, createTopicsApi, 7, request)).topics[0]?.errorCode, topic)
  }

  async change(connection: RawConnection): Promise<void> {
    const number = this.#next++
    const index = number % keys
    const value = String(number).padEnd(paddingBytes, '.')
    await this.#pairs[index]?.change([String(number), String(number)], async () => {
      const records = ['left', 'right'].map((side) => ({
        timestamp: Date.now(),
        key: Buffer.from(`${side} ${index}`),
        value: Buffer.from(value),
      }))
      const { error } = await produceRecords(connection, topic, 0, encodeBatch(newBatch(records)))
      accepted(error, topic)
    })
  }

  async faults(connection: RawConnection): Promise<string[]> {
    const latest = await lastValues(connection)
    return this.#pairs.flatMap((witness, index) => {
      const found = ['left', 'right'].map((side) => latest.get(`${side} ${index}`) ?? '')
      const fault = witness.judge(found)
      return fault === undefined ? [] : [`key ${index}: ${fault}`]
    })
  }
}

async function lastValues(connection: RawConnection): Promise<ReadonlyMap<string, string>> {
  const latest = new Map<string, string>()
  const end = (await logEndOffset(connection, topic, 0)) ?? 0
  for (let from = 0; from < end; ) {
    const { value } = decodeBatches(await fetchRecords(connection, topic, 0, from))
    const batches = value?.batches ?? []
    for (const batch of batches) {
      for (const record of batch.records) {
        const text = Buffer.from(record.value ?? '').toString()
        latest.set(Buffer.from(record.key ?? '').toString(), text.replace(/\.*$/, ''))
      }
      from = batch.baseOffset + batch.lastOffsetDelta + 1
    }
    if (batches.length === 0) throw new Error(`${topic} has nothing from ${from} to ${end}`)
  }
  return latest
}
