/** A segment or a metadata snapshot: record batches, one behind the other. */
import { type Codec, codecNames, loadCodec } from '../../compression/index.ts'
import {
  type BatchRecord,
  batchAttributes,
  batchHeaderBytes,
  batchOverheadBytes,
  codecOf,
  crcMatches,
  decodeBatch,
  decodeBatchHeader,
  lastOffsetOf,
  offsetOf,
  type ReadBatch,
  type ReadBatchHeader,
  timestampOf,
} from '../../protocol/index.ts'
import { decodedFields, type RecordMeaning } from './record-meaning.ts'
import { faultRow, type Row } from './row.ts'

/** Reads a piece of a file; shorter than asked for at its end. */
export type ReadPiece = (position: number, length: number) => Buffer

/** What to print of a segment. */
export interface SegmentOptions {
  readonly records: boolean
  readonly meaning: RecordMeaning
}

/** How much the records of one batch may grow to when they are opened. */
const openedBytesMax = 2 ** 30

/** Rows of a file of record batches. Ends with a fault where no batch can be found any more. */
export async function* segmentRows(
  read: ReadPiece,
  size: number,
  options: SegmentOptions,
): AsyncGenerator<Row> {
  let position = 0
  while (position < size) {
    const head = read(position, batchHeaderBytes)
    if (isZero(head)) {
      yield* zeroRows(read, position, size)
      return
    }
    const total = batchBytes(head, size - position)
    if (typeof total === 'string') {
      yield faultRow(position, total)
      return
    }
    const bytes = read(position, total)
    const { value: header, error } = decodeBatchHeader(bytes)
    if (header === null) {
      yield faultRow(position, error)
      return
    }
    const crcValid = crcMatches(bytes, header)
    yield batchRow(header, position, crcValid)
    if (!crcValid) yield faultRow(position, 'the checksum differs')
    else if (options.records) yield* recordRows(bytes, header, position, options.meaning)
    position += header.bytes
  }
}

/** Size of the batch that `head` begins, all of which is there; or what is wrong with it. */
function batchBytes(head: Buffer, left: number): number | string {
  if (head.length < batchHeaderBytes) return `${head.length} bytes, less than a header`
  const total = head.readInt32BE(8) + batchOverheadBytes
  const magic = head.readInt8(16)
  if (magic !== 2) return `magic ${magic}; only batches of magic 2 are read`
  if (total < batchHeaderBytes) return `a batch of ${total} bytes`
  return total > left ? `a batch of ${total} bytes, of which ${left} are there` : total
}

function batchRow(header: ReadBatchHeader, position: number, crcValid: boolean): Row {
  const { attributes } = header
  const flag = (bit: number): boolean => (attributes & bit) !== 0
  return {
    kind: 'batch',
    position,
    bytes: header.bytes,
    baseOffset: header.baseOffset,
    lastOffset: lastOffsetOf(header),
    count: header.recordsCount,
    leaderEpoch: header.partitionLeaderEpoch,
    codec: codecNames[codecOf(header) as 0] ?? `codec ${codecOf(header)}`,
    timestampType: flag(batchAttributes.appendTime) ? 'append' : 'create',
    baseTimestamp: header.baseTimestamp,
    maxTimestamp: header.maxTimestamp,
    producerId: header.producerId,
    producerEpoch: header.producerEpoch,
    baseSequence: header.baseSequence,
    transactional: flag(batchAttributes.transactional),
    control: flag(batchAttributes.control),
    deleteHorizon: flag(batchAttributes.deleteHorizon),
    crc: header.crc,
    crcValid,
  }
}

async function* recordRows(
  bytes: Buffer,
  header: ReadBatchHeader,
  position: number,
  meaning: RecordMeaning,
): AsyncGenerator<Row> {
  let codec: Codec | undefined
  if (codecOf(header) !== 0) {
    try {
      codec = await loadCodec(codecOf(header))
    } catch (error) {
      yield faultRow(position, error instanceof Error ? error.message : String(error))
      return
    }
  }
  const batch = opened(bytes, codec)
  if (typeof batch === 'string') {
    yield faultRow(position, batch)
    return
  }
  for (const record of batch.records) yield recordRow(batch, record, meaning)
}

function opened(bytes: Buffer, codec: Codec | undefined): ReadBatch | string {
  const refuse = (): never => {
    throw new Error('nothing is compressed here')
  }
  const { value, error } = decodeBatch(bytes, 0, {
    compress: refuse,
    decompress: (_id, stored) => codec?.decompress(stored, openedBytesMax) ?? refuse(),
  })
  return value ?? error
}

function recordRow(batch: ReadBatch, record: BatchRecord, meaning: RecordMeaning): Row {
  const control = (batch.attributes & batchAttributes.control) !== 0
  return {
    kind: 'record',
    offset: offsetOf(batch, record),
    timestamp: timestampOf(batch, record),
    ...decodedFields(record, control ? 'control' : meaning),
    ...(record.headers.length > 0 ? { headers: record.headers } : {}),
  }
}

function* zeroRows(read: ReadPiece, from: number, size: number): Generator<Row> {
  const pieceBytes = 1 << 20
  for (let at = from; at < size; at += pieceBytes) {
    if (isZero(read(at, Math.min(pieceBytes, size - at)))) continue
    yield faultRow(at, 'bytes behind a hole of zeros')
    return
  }
  yield { kind: 'unwritten', at: from, bytes: size - from }
}

function isZero(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0)
}
