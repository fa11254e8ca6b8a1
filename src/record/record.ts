/** The records that go into a producer and come out of a consumer. */
import type { HeadersInput, RecordHeader } from './headers.ts'

/** What a key, a value or a header is made of once it is serialised; a string is sent as UTF-8. */
export type Payload = string | Uint8Array

/**
 * A record to be produced. `K` and `V` are what the producer's serializers take; without
 * serializers, strings and bytes.
 */
export interface ProducerRecord<K = Payload, V = Payload> {
  readonly topic: string
  /** Chosen by the partitioner where it is left out. */
  readonly partition?: number
  /** Left out or null: the record has no key. */
  readonly key?: K | null
  /** null is a tombstone; undefined is refused, as it is a mistake more often than a wish. */
  readonly value: V | null
  readonly headers?: HeadersInput
  /** Milliseconds since 1970, a whole number from 0 on; the time of the call where left out. */
  readonly timestamp?: number
}

/** Where a record was stored. */
export interface RecordMetadata {
  readonly topic: string
  readonly partition: number
  /** -1 where the broker does not tell: with acks 0, or when it had stored the record before. */
  readonly offset: number
  /** Milliseconds since 1970: the record's own, or the append time where the topic stamps it. */
  readonly timestamp: number
}

/** A record as a consumer hands it out. */
export interface ConsumerRecord<K = Buffer, V = Buffer> {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** Milliseconds since 1970; -1 where the record has none. */
  readonly timestamp: number
  readonly key: K | null
  readonly value: V | null
  /** In their order, duplicates included. */
  readonly headers: readonly RecordHeader[]
}
