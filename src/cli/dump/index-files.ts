/**
 * The three indexes beside a segment. All numbers are big endian.
 *
 *     .index      8 bytes an entry:  int32 offset - base offset, int32 position in the segment
 *     .timeindex 12 bytes an entry:  int64 timestamp in ms, int32 offset - base offset
 *     .txnindex  34 bytes an entry:  int16 version 0, int64 producer id, first offset, last offset,
 *                                    last stable offset
 *
 * The first two have a fixed size while their segment is active: what was not written is zero.
 */
import { faultRow, type Row } from './row.ts'

const offsetEntryBytes = 8
const timeEntryBytes = 12
const abortedEntryBytes = 34

/** Rows of an offset index whose segment begins at `baseOffset`. */
export function* offsetIndexRows(bytes: Buffer, baseOffset: number): Generator<Row> {
  let previous = -1
  for (let at = 0; at + offsetEntryBytes <= bytes.length; at += offsetEntryBytes) {
    const relative = bytes.readInt32BE(at)
    const position = bytes.readInt32BE(at + 4)
    if (relative === 0 && position === 0 && (at > 0 || isZero(bytes, at))) {
      yield* unwritten(bytes, at)
      return
    }
    if (relative <= previous) yield faultRow(at, `offset ${baseOffset + relative} does not ascend`)
    previous = relative
    yield { kind: 'entry', offset: baseOffset + relative, position }
  }
  yield* remainder(bytes, offsetEntryBytes)
}

/** Rows of a time index whose segment begins at `baseOffset`. */
export function* timeIndexRows(bytes: Buffer, baseOffset: number): Generator<Row> {
  let previous = -Infinity
  for (let at = 0; at + timeEntryBytes <= bytes.length; at += timeEntryBytes) {
    const timestamp = Number(bytes.readBigInt64BE(at))
    const relative = bytes.readInt32BE(at + 8)
    if (timestamp === 0 && relative === 0 && (at > 0 || isZero(bytes, at))) {
      yield* unwritten(bytes, at)
      return
    }
    if (timestamp <= previous) yield faultRow(at, `timestamp ${timestamp} does not ascend`)
    previous = timestamp
    yield { kind: 'entry', timestamp, offset: baseOffset + relative }
  }
  yield* remainder(bytes, timeEntryBytes)
}

/** Rows of an index of aborted transactions; its offsets are absolute. */
export function* abortedIndexRows(bytes: Buffer): Generator<Row> {
  for (let at = 0; at + abortedEntryBytes <= bytes.length; at += abortedEntryBytes) {
    const version = bytes.readInt16BE(at)
    if (version !== 0) {
      yield faultRow(at, `entry of unknown version ${version}`)
      return
    }
    yield {
      kind: 'aborted transaction',
      producerId: Number(bytes.readBigInt64BE(at + 2)),
      firstOffset: Number(bytes.readBigInt64BE(at + 10)),
      lastOffset: Number(bytes.readBigInt64BE(at + 18)),
      lastStableOffset: Number(bytes.readBigInt64BE(at + 26)),
    }
  }
  yield* remainder(bytes, abortedEntryBytes)
}

function isZero(bytes: Buffer, from: number): boolean {
  for (let at = from; at < bytes.length; at++) if (bytes[at] !== 0) return false
  return true
}

function* unwritten(bytes: Buffer, from: number): Generator<Row> {
  if (isZero(bytes, from)) yield { kind: 'unwritten', at: from, bytes: bytes.length - from }
  else yield faultRow(from, 'entries behind an empty one')
}

function* remainder(bytes: Buffer, entryBytes: number): Generator<Row> {
  const rest = bytes.length % entryBytes
  if (rest > 0) yield faultRow(bytes.length - rest, `${rest} bytes behind the last whole entry`)
}
