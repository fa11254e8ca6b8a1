import type { Api } from '../../src/protocol/codec.ts'
import { produceApi } from '../../src/protocol/generated/00-produce.ts'
import { fetchApi } from '../../src/protocol/generated/01-fetch.ts'
import { metadataApi } from '../../src/protocol/generated/03-metadata.ts'
import { createTopicsApi } from '../../src/protocol/generated/19-create-topics.ts'
import { deleteTopicsApi } from '../../src/protocol/generated/20-delete-topics.ts'
import { encodeRequestFrame, openResponse } from '../../src/protocol/header.ts'
import { decodeBatches, encodeBatch, newBatch } from '../../src/protocol/record-batch.ts'
import { RawConnection } from './raw-connection.ts'

/** What a broker answered to one partition of a Produce. */
export interface Produced {
  readonly errorCode: number
  readonly errorMessage: string | null
  readonly baseOffset: number
}

/** A partition as Metadata tells of it. */
export interface PartitionSeen {
  readonly leaderId: number
  readonly errorCode: number
  readonly offlineReplicas: readonly number[]
}

const identity = (_: number, bytes: Uint8Array): Uint8Array => bytes
const unchanged = { compress: identity, decompress: identity }

/**
 * Produces records one at a time, with acks=all, and remembers which were acknowledged, so that
 * {@link missing} tells what a broker lost. Has one connection, made anew when the broker was away.
 * Calls must not overlap.
 */
export class RecordLedger {
  readonly #port: number
  /** Values by partition and offset. */
  readonly #acknowledged = new Map<string, Map<number, string>>()
  #written = 0
  #connection: RawConnection | undefined

  constructor(port: number) {
    this.#port = port
  }

  async createTopic(
    name: string,
    partitions: number,
    configs: Readonly<Record<string, string>> = {},
  ): Promise<number> {
    const topic = { name, numPartitions: partitions, replicationFactor: 1, assignments: [] }
    const entries = Object.entries(configs).map(([config, value]) => ({ name: config, value }))
    const request = { topics: [{ ...topic, configs: entries }], timeoutMs: 10_000 }
    const { topics } = await this.#ask(createTopicsApi, 7, request)
    return topics[0]?.errorCode ?? -1
  }

  async deleteTopic(name: string): Promise<number> {
    const request = { topicNames: [name], timeoutMs: 10_000 }
    const { responses } = await this.#ask(deleteTopicsApi, 5, request)
    return responses[0]?.errorCode ?? -1
  }

  async partitions(name: string): Promise<PartitionSeen[]> {
    const request = { topics: [{ name }], allowAutoTopicCreation: false }
    const { topics } = await this.#ask(metadataApi, 9, request)
    const found = [...(topics[0]?.partitions ?? [])]
    return found.sort((a, b) => a.partitionIndex - b.partitionIndex)
  }

  /** Produces one record of about `bytes`. */
  async produce(topic: string, partition: number, bytes = 100): Promise<Produced> {
    const value = `${topic}-${partition}-${this.#written++}-`.padEnd(bytes, 'x')
    // Old records would be deleted by retention.
    const record = { timestamp: Date.now(), key: null, value: Buffer.from(value) }
    const records = Buffer.from(encodeBatch(newBatch([record]), unchanged))
    const topicData = [{ name: topic, partitionData: [{ index: partition, records }] }]
    const request = { acks: -1, timeoutMs: 30_000, topicData }
    const { responses } = await this.#ask(produceApi, 9, request)
    const answer = responses[0]?.partitionResponses[0]
    if (answer === undefined) throw new Error('Produce answered without the partition')
    if (answer.errorCode === 0) {
      const name = `${topic}-${partition}`
      const values = this.#acknowledged.get(name) ?? new Map<number, string>()
      this.#acknowledged.set(name, values)
      if (values.has(answer.baseOffset)) throw new Error(`offset ${answer.baseOffset} comes twice`)
      values.set(answer.baseOffset, value)
    }
    return answer
  }

  /** Produces until it is refused, at most `recordsMax` times; the last answer. */
  async fill(topic: string, partition: number, bytes: number, recordsMax: number) {
    let answer = await this.produce(topic, partition, bytes)
    for (let i = 1; i < recordsMax && answer.errorCode === 0; i++) {
      answer = await this.produce(topic, partition, bytes)
    }
    return answer
  }

  /** The error of a Fetch from the beginning. */
  async fetchError(topic: string, partition: number): Promise<number> {
    return (await this.#fetch(topic, partition, 0)).errorCode
  }

  /** Acknowledged records that the broker does not have any more, or has otherwise. */
  async missing(): Promise<string[]> {
    const missing: string[] = []
    for (const [name, values] of this.#acknowledged) {
      const cut = name.lastIndexOf('-')
      const found = await this.#readAll(name.slice(0, cut), Number(name.slice(cut + 1)))
      for (const [offset, value] of values) {
        if (found.get(offset) !== value) missing.push(`${name} ${offset}: ${value.slice(0, 40)}`)
      }
    }
    return missing
  }

  /** Forgets a partition that is gone for good. */
  forget(topic: string, partition: number): void {
    this.#acknowledged.delete(`${topic}-${partition}`)
  }

  async #readAll(topic: string, partition: number): Promise<Map<number, string>> {
    const values = new Map<number, string>()
    for (let from = 0; ; ) {
      const { errorCode, records } = await this.#fetch(topic, partition, from)
      if (errorCode !== 0) throw new Error(`Fetch ${topic}-${partition}: error ${errorCode}`)
      const { value } = decodeBatches(records ?? Buffer.alloc(0))
      for (const batch of value?.batches ?? []) {
        for (const [at, record] of batch.records.entries()) {
          values.set(batch.baseOffset + at, Buffer.from(record.value ?? '').toString())
        }
        from = batch.baseOffset + batch.lastOffsetDelta + 1
      }
      if ((value?.batches.length ?? 0) === 0) return values
    }
  }

  async #fetch(topic: string, partition: number, fetchOffset: number) {
    const partitions = [{ partition, fetchOffset, partitionMaxBytes: 1 << 20 }]
    const request = { maxWaitMs: 0, minBytes: 0, topics: [{ topic, partitions }] }
    const { responses } = await this.#ask(fetchApi, 12, request)
    const answer = responses[0]?.partitions[0]
    if (answer === undefined) throw new Error('Fetch answered without the partition')
    return answer
  }

  async #ask<Request, RequestInput, Response, ResponseInput>(
    api: Api<Request, RequestInput, Response, ResponseInput>,
    version: number,
    request: RequestInput,
  ): Promise<Response> {
    if (this.#connection === undefined || this.#connection.closed) {
      this.#connection = await RawConnection.open(this.#port)
    }
    const connection = this.#connection
    connection.send(encodeRequestFrame(api, version, 7, 'ledger', request))
    const frame = await connection.nextAnswer()
    if (frame === undefined) throw new Error(`the broker hung up instead of ${api.name}`)
    return api.response.decode(openResponse(api.key, version, frame).reader, version)
  }
}
