/** Record batches to be produced, valid and damaged, and how fetched ones are compared. */
import { codecSet } from '../../../src/broker/open-batch/codec-set.ts'
import { crc32c } from '../../../src/protocol/crc32c.ts'
import {
  type BatchHeader,
  batchAttributes,
  batchHeaderBytes,
  batchOverheadBytes,
  codecOf,
  decodeBatch,
  decodeBatchHeader,
  encodeBatch,
  type NewRecord,
  newBatch,
  type ReadBatch,
} from '../../../src/protocol/record-batch.ts'
import { IdPairs, type Late, type Ref, type Side } from './ids.ts'

const codecs = await codecSet([1, 2, 3, 4], { openedBytesMax: 1 << 27 })
const crcAt = 17
const producerIdAt = 43
/** zstd; what the bits above it name never was. */
const codecMax = 4

/** How the bytes of a batch are spoiled. */
export type Damage =
  | { readonly kind: 'byte'; readonly at: number; readonly to: number; readonly resum: boolean }
  | { readonly kind: 'cut'; readonly bytes: number }
  | { readonly kind: 'append'; readonly bytes: number }

/** One batch of a Produce. */
export interface BatchPlan {
  readonly records: readonly NewRecord[]
  readonly header: Partial<BatchHeader>
  readonly producer?: Ref | undefined
  readonly damage?: Damage | undefined
}

/** The records field of a Produce: batches that are made with the producer id of each side. */
export class Batches implements Late {
  readonly plans: readonly BatchPlan[]

  constructor(plans: readonly BatchPlan[]) {
    this.plans = plans
  }

  bytesFor(ids: IdPairs, side: Side): Uint8Array {
    return Buffer.concat(this.plans.map((plan) => encoded(plan, ids, side)))
  }

  /** True if a compressed batch can be opened, and then holds a damaged record. */
  hidesDamage(): boolean {
    return this.#built().some(({ bytes, head }) => {
      if (head === null || codecOf(head) === 0) return false
      return /records: /.test(decodeBatch(bytes, 0, codecs).error ?? '')
    })
  }

  /** True if the stream of a compressed batch is damaged. */
  cannotBeOpened(): boolean {
    return this.#built().some(({ plan, bytes, head }) => {
      if (plan.damage === undefined || head === null || codecOf(head) === 0) return false
      const { error } = decodeBatch(bytes, 0, codecs)
      return error !== null && !/records: /.test(error)
    })
  }

  /** True if a batch is of a codec that there never was. */
  hasStrangeCodec(): boolean {
    return this.#built().some(({ head }) => head !== null && codecOf(head) > codecMax)
  }

  /** True if a batch says that it is part of a transaction. */
  isTransactional(): boolean {
    const isPart = (attributes: number) => (attributes & batchAttributes.transactional) !== 0
    return this.#built().some(({ head }) => isPart(head?.attributes ?? 0))
  }

  /** True if the offsets of an uncompressed batch do not count up from 0. */
  countsWrong(): boolean {
    return this.#built().some(({ bytes, head }) => {
      if (head === null || codecOf(head) !== 0) return false
      const records = decodeBatch(bytes, 0, codecs).value?.records ?? []
      return records.some(({ offsetDelta }, place) => offsetDelta !== place)
    })
  }

  /** True if a batch is dated before 1970, or its producer has no epoch. */
  cannotBeRebuilt(): boolean {
    return this.#built().some(({ plan, head }) => {
      const hasNoEpoch = plan.producer !== undefined && head?.producerEpoch === -1
      return hasNoEpoch || Number(head?.baseTimestamp ?? 0) < 0
    })
  }

  /** The batches as they are sent, but for the producer's id. */
  #built() {
    return this.plans.map((plan) => {
      const { records, header, damage } = plan
      const bytes = encoded({ records, header, damage }, new IdPairs(), 'odradek')
      return { plan, bytes, head: decodeBatchHeader(bytes).value }
    })
  }

  toJSON(): unknown {
    return this.plans.map(({ records, header, producer, damage }) => ({
      records: records.map(({ timestamp, key, value }) => [timestamp, size(key), size(value)]),
      header,
      producer,
      damage,
    }))
  }
}

function size(bytes: Uint8Array | null): number | null {
  return bytes === null ? null : bytes.length
}

function encoded({ records, header, producer, damage }: BatchPlan, ids: IdPairs, side: Side) {
  const producerId = producer === undefined ? -1 : Number(ids.id(producer, side))
  const bytes = encodeBatch(newBatch(records, { producerId, ...header }), codecs)
  return damage === undefined ? bytes : damaged(Buffer.from(bytes), damage)
}

function damaged(bytes: Buffer, damage: Damage): Buffer {
  if (damage.kind === 'cut') return bytes.subarray(0, Math.max(0, bytes.length - damage.bytes))
  if (damage.kind === 'append') return Buffer.concat([bytes, Buffer.alloc(damage.bytes)])
  const at = damage.at % bytes.length
  // An id that is spoiled has no partner on the other side.
  const isOfId = at >= producerIdAt && at < producerIdAt + 8
  bytes[isOfId ? bytes.length - 1 : at] = damage.to
  if (damage.resum) bytes.writeUInt32BE(crc32c(bytes.subarray(crcAt + 4)), crcAt)
  return bytes
}

/** One thing in which two ranges of batches differ. */
export interface BatchFault {
  readonly field: string
  readonly kafka: unknown
  readonly odradek: unknown
}

/**
 * Compares fetched batches header field by header field and the stored records byte for byte;
 * where both are compressed the same way to other bytes, what is inside.
 */
export function compareBatches(
  kafka: Uint8Array,
  odradek: Uint8Array,
  ids: IdPairs,
): readonly BatchFault[] {
  const [a, b] = [split(kafka), split(odradek)]
  if (typeof a === 'string' || typeof b === 'string') {
    return a === b ? [] : [{ field: 'batches', kafka: told(a), odradek: told(b) }]
  }
  const faults: BatchFault[] = []
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    faults.push(...compareBatch(a[i] as Uint8Array, b[i] as Uint8Array, ids))
  }
  // How much one answer holds is where a segment ends; that it holds something is not.
  if ((a.length === 0) !== (b.length === 0)) {
    faults.push({ field: 'batches.length', kafka: a.length, odradek: b.length })
  }
  return faults
}

function told(split: readonly Uint8Array[] | string): string {
  return typeof split === 'string' ? split : `${split.length} batches`
}

/** Sizes in bytes of the whole batches of a fetched range. */
export function batchSizes(bytes: Uint8Array): readonly number[] {
  const batches = split(bytes)
  return typeof batches === 'string' ? [] : batches.map(({ length }) => length)
}

/** Whole batches: Kafka fills an answer up with a piece of the next one, which clients drop. */
function split(bytes: Uint8Array): readonly Uint8Array[] | string {
  const batches: Uint8Array[] = []
  for (let at = 0; at + batchOverheadBytes <= bytes.length; ) {
    const length = Buffer.from(bytes.buffer, bytes.byteOffset + at + 8, 4).readInt32BE(0)
    if (at + batchOverheadBytes + length > bytes.length) break
    const head = decodeBatchHeader(bytes, at)
    if (head.value === null) return `${head.error} behind ${batches.length} batches`
    batches.push(bytes.subarray(at, at + head.value.bytes))
    at += head.value.bytes
  }
  return batches
}

/** Set by the broker: an append time is only compared by its being one. */
function comparable(batch: Uint8Array, ids: IdPairs, side: Side): Record<string, unknown> {
  const header = decodeBatchHeader(batch).value
  if (header === null) throw new Error('a batch that was split off has a header')
  const { crc: _crc, bytes: _bytes, producerId, ...rest } = header
  const producer = ids.ref('producer', side, producerId) ?? producerId
  const appendTime = (header.attributes & batchAttributes.appendTime) !== 0
  const times = appendTime ? { maxTimestamp: 'append time' } : {}
  return { ...rest, producer: String(producer), ...times }
}

function compareBatch(kafka: Uint8Array, odradek: Uint8Array, ids: IdPairs): BatchFault[] {
  const [a, b] = [comparable(kafka, ids, 'kafka'), comparable(odradek, ids, 'odradek')]
  const faults: BatchFault[] = []
  for (const field of Object.keys(a)) {
    if (a[field] !== b[field]) faults.push({ field, kafka: a[field], odradek: b[field] })
  }
  const [left, right] = [kafka, odradek].map((batch) => batch.subarray(batchHeaderBytes))
  if (Buffer.compare(left ?? kafka, right ?? odradek) === 0) return faults
  const [inA, inB] = [insides(kafka), insides(odradek)]
  const sameInside = inA === inB && codecOf(decodeBatchHeader(kafka).value as BatchHeader) !== 0
  return sameInside ? faults : [...faults, { field: 'records', kafka: inA, odradek: inB }]
}

function insides(batch: Uint8Array): string {
  const { value, error } = decodeBatch(batch, 0, codecs)
  if (value === null) return error
  const text = (bytes: Uint8Array | null) =>
    bytes === null ? null : Buffer.from(bytes).toString('hex')
  const records = (value as ReadBatch).records.map((record) => ({
    ...record,
    key: text(record.key),
    value: text(record.value),
    headers: record.headers.map((header) => [header.key, text(header.value)]),
  }))
  return JSON.stringify(records)
}
