/** A compacted topic of one partition: what was written and acknowledged, and what is there. */
import { strictEqual } from 'node:assert'
import { randomBytes, randomInt } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseCleanerCheckpoint } from '../../../src/cleaner/cleaner-checkpoint.ts'
import { ErrorCode } from '../../../src/protocol/error-codes.ts'
import { produceApi } from '../../../src/protocol/generated/00-produce.ts'
import { fetchApi } from '../../../src/protocol/generated/01-fetch.ts'
import { listOffsetsApi } from '../../../src/protocol/generated/02-list-offsets.ts'
import { createTopicsApi } from '../../../src/protocol/generated/19-create-topics.ts'
import {
  decodeBatches,
  encodeBatch,
  newBatch,
  offsetOf,
} from '../../../src/protocol/record-batch.ts'
import { compression } from '../../cleaner/fixture.ts'
import type { BrokerProcess } from '../broker-process.ts'
import { eventually } from '../eventually.ts'
import { RawConnection } from '../raw-connection.ts'
import { ask } from '../typed-request.ts'

/** A record as a reader sees it; the value is null in a tombstone. */
export interface SeenRecord {
  readonly offset: number
  readonly key: string
  readonly value: string | null
}

/** Few of these fill a segment of 1 MiB, the least that a topic may have. */
const valueBytes = 16 * 1024

/** The first versions that may carry zstd. */
const [zstdProduce, zstdFetch] = [7, 10]

/** See the head of this file. Its connection is made anew when the broker was away. */
export class CompactedTopic {
  readonly name: string
  readonly #broker: BrokerProcess
  #connection: RawConnection | undefined
  /** What was acknowledged, by offset. */
  readonly written: SeenRecord[] = []
  /** What was sent without an answer: it may be there, and later than what was acknowledged. */
  readonly unanswered: { readonly key: string; readonly value: string | null }[] = []

  private constructor(broker: BrokerProcess, name: string) {
    this.#broker = broker
    this.name = name
  }

  static async create(
    broker: BrokerProcess,
    name: string,
    settings: Readonly<Record<string, string>> = {},
  ): Promise<CompactedTopic> {
    const made = new CompactedTopic(broker, name)
    const small = { 'cleanup.policy': 'compact', 'segment.bytes': String(2 ** 20) }
    const eager = { 'min.cleanable.dirty.ratio': '0.001', 'delete.retention.ms': '1000' }
    const configs = Object.entries({ ...small, ...eager, ...settings }).map(([key, value]) => ({
      name: key,
      value,
    }))
    const topic = { name, numPartitions: 1, replicationFactor: 1, assignments: [], configs }
    const request = { topics: [topic], timeoutMs: 30_000 }
    const { topics } = await ask(await made.#connected(), createTopicsApi, 5, request)
    strictEqual(topics[0]?.errorCode, ErrorCode.NONE)
    await made.isLed()
    return made
  }

  /** Apache Kafka answers before it leads. */
  async isLed(): Promise<void> {
    await eventually(`${this.name} is led`, async () => (await this.#offset(-1)) >= 0)
  }

  close(): void {
    this.#connection?.close()
    this.#connection = undefined
  }

  /** Writes one batch; false where the broker went away meanwhile. */
  async write(
    records: readonly { readonly key: string; readonly value: string | null }[],
    codec = 0,
  ): Promise<boolean> {
    const timestamp = Date.now()
    const encoded = records.map(({ key, value }) => ({
      timestamp,
      key: Buffer.from(key),
      value: value === null ? null : Buffer.from(value, 'latin1'),
    }))
    const batch = encodeBatch(newBatch(encoded, { attributes: codec }), compression)
    try {
      const baseOffset = await this.#produce(batch)
      for (const [i, record] of records.entries()) {
        this.written.push({ offset: baseOffset + i, ...record })
      }
      return true
    } catch (error) {
      if (this.#broker.running && !isClosed(error)) throw error
      this.close()
      this.unanswered.push(...records)
      return false
    }
  }

  /** Writes values of these keys, one to three a batch, each key in its turn. */
  async writeValues(keys: readonly string[], codec = 0): Promise<boolean> {
    for (let at = 0; at < keys.length; ) {
      const count = randomInt(1, 4)
      const records = keys.slice(at, at + count).map((key) => ({ key, value: someValue() }))
      if (!(await this.write(records, codec))) return false
      at += count
    }
    return true
  }

  /** So much that what was written before lies in sealed segments. */
  async fillSegment(codec = 0): Promise<void> {
    const keys = Array.from({ length: 100 }, (_, i) => `filler-${i % 7}`)
    await this.writeValues(keys, codec)
  }

  /** All records, as a reader from the begin gets them. */
  async read(): Promise<SeenRecord[]> {
    const seen: SeenRecord[] = []
    const end = await this.#offset(-1)
    for (let at = await this.#offset(-2); at < end; ) {
      const { value, error } = decodeBatches(await this.#fetch(at), compression)
      strictEqual(error, null)
      const last = value.batches.at(-1)
      if (last === undefined) break
      for (const batch of value.batches) {
        for (const record of batch.records) {
          const offset = offsetOf(batch, record)
          if (offset < at) continue
          const text = record.value === null ? null : Buffer.from(record.value).toString('latin1')
          seen.push({ offset, key: Buffer.from(record.key ?? []).toString(), value: text })
        }
      }
      at = last.baseOffset + last.lastOffsetDelta + 1
    }
    return seen
  }

  /**
   * What is wrong with what is there, as `faultsOf` names it. How far the log is cleaned is asked
   * before it is read: the cleaner goes on meanwhile, and what was read has not seen that.
   */
  async faults(cleanedTo = this.cleanedTo): Promise<string[]> {
    return faultsOf(this, await this.read(), cleanedTo)
  }

  /** How far the cleaner says that it came. */
  get cleanedTo(): number {
    return cleanedTo(this.#broker, this.name)
  }

  /** Waits until everything below that offset was cleaned. */
  async isCleanedTo(offset: number): Promise<void> {
    await eventually(`${this.name} is cleaned to ${offset}`, () => this.cleanedTo >= offset)
  }

  async #produce(batch: Uint8Array): Promise<number> {
    const topicData = [{ name: this.name, partitionData: [{ index: 0, records: batch }] }]
    const request = { transactionalId: null, acks: -1, timeoutMs: 30_000, topicData }
    const answer = await ask(await this.#connected(), produceApi, zstdProduce, request)
    const partition = answer.responses[0]?.partitionResponses[0]
    strictEqual(partition?.errorCode, ErrorCode.NONE)
    return partition.baseOffset
  }

  async #fetch(fetchOffset: number): Promise<Uint8Array> {
    const place = { partition: 0, fetchOffset, partitionMaxBytes: 1 << 20 }
    const topics = [{ topic: this.name, partitions: [place] }]
    const limits = { maxWaitMs: 500, minBytes: 1, maxBytes: 1 << 20, isolationLevel: 0 }
    const request = { replicaId: -1, ...limits, topics }
    const { responses } = await ask(await this.#connected(), fetchApi, zstdFetch, request)
    const partition = responses[0]?.partitions[0]
    strictEqual(partition?.errorCode, ErrorCode.NONE)
    return partition.records ?? new Uint8Array(0)
  }

  async #offset(timestamp: number): Promise<number> {
    const partitions = [{ partitionIndex: 0, timestamp }]
    const request = { replicaId: -1, topics: [{ name: this.name, partitions }] }
    const { topics } = await ask(await this.#connected(), listOffsetsApi, 5, request)
    const answer = topics[0]?.partitions[0]
    return answer?.errorCode === ErrorCode.NONE ? answer.offset : -1
  }

  async #connected(): Promise<RawConnection> {
    this.#connection ??= await RawConnection.open(this.#broker.port)
    return this.#connection
  }
}

/** How far the cleaner says that it came in the topic, or the first of its partitions. */
export function cleanedTo(broker: BrokerProcess, name: string): number {
  const file = join(broker.dataFolder, 'cleaner-offset-checkpoint')
  const entries = existsSync(file) ? parseCleanerCheckpoint(readFileSync(file, 'utf8')) : []
  return entries?.find(({ topic }) => topic === name)?.offset ?? 0
}

/** Text that no codec makes much smaller. */
export function someValue(): string {
  return randomBytes(valueBytes).toString('latin1')
}

/**
 * What is wrong with `seen` of a log that was cleaned at least to `cleanedTo`: records that were
 * never written, lost last values, values that should be gone. Tombstones may be there or not.
 */
export function faultsOf(
  { written, unanswered }: CompactedTopic,
  seen: readonly SeenRecord[],
  cleanedTo: number,
): string[] {
  const faults: string[] = []
  const byOffset = new Map(written.map((record) => [record.offset, record]))
  const maybe = new Set(unanswered.map(({ key, value }) => `${key} ${value}`))
  const last = new Map(written.map((record) => [record.key, record]))
  const lastSeen = new Map<string, SeenRecord>()
  let offset = -1
  for (const record of seen) {
    if (record.offset <= offset) faults.push(`offset ${record.offset} after ${offset}`)
    offset = record.offset
    const sent = byOffset.get(offset)
    const isOurs = sent?.key === record.key && sent.value === record.value
    if (!isOurs && !maybe.has(`${record.key} ${record.value}`)) {
      faults.push(`${record.key}@${offset} was never written`)
    }
    const before = lastSeen.get(record.key)
    if (before !== undefined && offset < cleanedTo) {
      faults.push(`${record.key}@${before.offset} stands below ${offset} and ${cleanedTo}`)
    }
    lastSeen.set(record.key, record)
  }
  for (const { key, offset: at, value } of last.values()) {
    const found = lastSeen.get(key)
    if (found === undefined ? value !== null : found.offset < at) faults.push(`lost ${key}@${at}`)
  }
  return faults
}

function isClosed(error: unknown): boolean {
  return error instanceof Error && /closed|ECONN|EPIPE/.test(String(error))
}
