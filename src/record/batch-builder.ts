/**
 * Encodes records straight into the memory of their batch. A record's length stands before its key
 * and value, and the length of a string in UTF-8 is only known when it is written. So a string is
 * taken for ASCII, which most are: if it then takes more bytes than units, the record is written
 * once more from its bytes.
 */
import { assert } from '../base/assert.ts'
import {
  batchHeaderBytes,
  type Checksum,
  noProducer,
  type ProducerStamp,
  writeBatchHeader,
} from './batch-header.ts'
import type { HeaderPair } from './headers.ts'
import type { Payload } from './record.ts'
import { varintBytes, varlongBytes, writeVarint, writeVarlong } from './varint.ts'

/** Bytes behind what a batch may fill: room in which a string shows that it is no ASCII. */
export const builderSlackBytes = 4

/** Strings up to so many units are copied by a loop, which is faster than the call of a write. */
const loopUnitsMax = 24

/** Bytes up to so many are copied by a loop. */
const loopBytesMax = 16

/** `utf8Write` is what `write` calls; the types of Node do not name it. */
interface Utf8Buffer extends Buffer {
  utf8Write(text: string, at: number, bytesMax: number): number
}

/** One batch of a partition while it is filled. */
export class BatchBuilder {
  /** Timestamp of the first record, to which those of the others are relative. */
  baseTimestamp = -1
  maxTimestamp = -1
  recordsCount = 0
  /** Bytes of the batch so far, its header included. */
  bytes: number = batchHeaderBytes
  #memory: Utf8Buffer
  #bytesMax: number

  /** @param memory is the batch's own while it lives; {@link builderSlackBytes} stay unused. */
  constructor(memory: Buffer) {
    assert(memory.length >= batchHeaderBytes + builderSlackBytes, 'memory holds a header at least')
    this.#memory = memory as Utf8Buffer
    this.#bytesMax = memory.length - builderSlackBytes
  }

  /** The memory that the batch lies in. */
  get memory(): Buffer {
    return this.#memory
  }

  /** Takes larger memory, into which the batch is copied; returns the former. */
  moveTo(memory: Buffer): Buffer {
    assert(memory.length > this.#memory.length, 'a batch moves to larger memory')
    const former = this.#memory
    memory.set(former.subarray(0, this.bytes))
    this.#memory = memory as Utf8Buffer
    this.#bytesMax = memory.length - builderSlackBytes
    return former
  }

  /**
   * Adds a record. False: it does not fit, and nothing has changed. `timestamp` is a whole number
   * from 0 on.
   */
  append(
    timestamp: number,
    key: Payload | null,
    value: Payload | null,
    headers: readonly HeaderPair[],
  ): boolean {
    const keyBytes = key === null ? -1 : key.length
    const valueBytes = value === null ? -1 : value.length
    const end = this.#write(timestamp, key, keyBytes, value, valueBytes, headers)
    if (end === notAscii) {
      return this.append(timestamp, utf8Bytes(key), utf8Bytes(value), headers)
    }
    if (end === noRoom) return false
    if (this.recordsCount === 0) this.baseTimestamp = timestamp
    if (timestamp > this.maxTimestamp) this.maxTimestamp = timestamp
    this.recordsCount++
    this.bytes = end
    return true
  }

  /** Writes the header; the bytes returned are those of `memory`. May be called again. */
  close(attributes: number, stamp: ProducerStamp, checksum: Checksum): Buffer {
    const { producerId, producerEpoch, baseSequence } = stamp
    const { recordsCount, baseTimestamp, maxTimestamp } = this
    const batch = this.#memory.subarray(0, this.bytes)
    const fields = { recordsCount, baseTimestamp, maxTimestamp }
    const producer = { producerId, producerEpoch, baseSequence }
    writeBatchHeader(batch, { attributes, ...fields, ...producer }, checksum)
    return batch
  }

  /** A batch of the same records in memory of its own, without codec, producer and checksum. */
  copy(): Buffer {
    const { recordsCount, baseTimestamp, maxTimestamp } = this
    const batch = Buffer.from(this.#memory.subarray(0, this.bytes))
    const fields = { attributes: 0, recordsCount, baseTimestamp, maxTimestamp }
    writeBatchHeader(batch, { ...fields, ...noProducer }, () => 0)
    return batch
  }

  /** The records alone, as they are compressed. */
  records(): Buffer {
    return this.#memory.subarray(batchHeaderBytes, this.bytes)
  }

  /** Index behind the record, {@link noRoom} or {@link notAscii}. */
  #write(
    timestamp: number,
    key: Payload | null,
    keyBytes: number,
    value: Payload | null,
    valueBytes: number,
    headers: readonly HeaderPair[],
  ): number {
    const count = this.recordsCount
    const timestampDelta = count === 0 ? 0 : timestamp - this.baseTimestamp
    const length =
      1 +
      (timestampDelta === 0 ? 1 : varlongBytes(timestampDelta)) +
      varintBytes(count) +
      payloadSize(keyBytes) +
      payloadSize(valueBytes) +
      (headers.length === 0 ? 1 : headersSize(headers))
    let at = this.bytes
    if (at + varintBytes(length) + length > this.#bytesMax) return noRoom
    const memory = this.#memory
    at = writeVarint(memory, at, length)
    memory[at++] = 0
    if (timestampDelta === 0) memory[at++] = 0
    else at = writeVarlong(memory, at, timestampDelta)
    at = writeVarint(memory, at, count)
    at = writeVarint(memory, at, keyBytes)
    if (key !== null) at = this.#put(key, at)
    if (at < 0) return at
    at = writeVarint(memory, at, valueBytes)
    if (value !== null) at = this.#put(value, at)
    if (at < 0) return at
    if (headers.length === 0) memory[at++] = 0
    else at = writeHeaders(memory, at, headers)
    return at
  }

  /** Copies a payload that fits if it is what its length says; {@link notAscii} if it is not. */
  #put(payload: Payload, at: number): number {
    const memory = this.#memory
    const units = payload.length
    if (typeof payload !== 'string') {
      if (units > loopBytesMax) memory.set(payload, at)
      else for (let i = 0; i < units; i++) memory[at + i] = payload[i] ?? 0
      return at + units
    }
    if (units > loopUnitsMax) {
      const room = units + builderSlackBytes
      return memory.utf8Write(payload, at, room) === units ? at + units : notAscii
    }
    for (let i = 0; i < units; i++) {
      const unit = payload.charCodeAt(i)
      if (unit > 0x7f) return notAscii
      memory[at + i] = unit
    }
    return at + units
  }
}

const noRoom = -1
const notAscii = -2

/** Bytes of a batch's memory that surely hold one record of this key, value and headers. */
export function memoryForRecord(
  key: Payload | null,
  value: Payload | null,
  headers: readonly HeaderPair[],
): number {
  // Length, attributes, timestamp delta, offset delta and number of headers: 5, 1, 10, 5 and 5.
  const overhead = batchHeaderBytes + 26 + builderSlackBytes
  return (
    overhead + payloadSize(byteLength(key)) + payloadSize(byteLength(value)) + headersSize(headers)
  )
}

function payloadSize(bytes: number): number {
  return bytes < 0 ? 1 : varintBytes(bytes) + bytes
}

function byteLength(payload: Payload | null): number {
  if (payload === null) return -1
  return typeof payload === 'string' ? Buffer.byteLength(payload, 'utf8') : payload.length
}

function utf8Bytes(payload: Payload | null): Uint8Array | null {
  return typeof payload === 'string' ? Buffer.from(payload, 'utf8') : payload
}

function headersSize(headers: readonly HeaderPair[]): number {
  let size = varintBytes(headers.length)
  for (const [key, value] of headers)
    size += payloadSize(byteLength(key)) + payloadSize(byteLength(value))
  return size
}

function writeHeaders(memory: Buffer, from: number, headers: readonly HeaderPair[]): number {
  let at = writeVarint(memory, from, headers.length)
  for (const [key, value] of headers) {
    at = writePayload(memory, at, key)
    at = writePayload(memory, at, value)
  }
  return at
}

function writePayload(memory: Buffer, from: number, payload: Payload | null): number {
  const bytes = byteLength(payload)
  const at = writeVarint(memory, from, bytes)
  if (payload === null) return at
  if (typeof payload === 'string') memory.write(payload, at, bytes, 'utf8')
  else memory.set(payload, at)
  return at + bytes
}
