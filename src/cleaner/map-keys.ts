/**
 * The first reading of a cleaning: which offset is the last of each key in the dirty range. Records
 * of aborted transactions do not count, as nobody will see them. Where the map has no room for one
 * more key the range ends, and what follows is cleaned another time.
 */
import { assert } from '../base/assert.ts'
import { batchAttributes, lastOffsetOf } from '../protocol/record-batch.ts'
import { markerKindOf, openRecords } from './batch-filter.ts'
import { BatchStream, type StoredBatch, type StreamBuffer } from './batch-stream.ts'
import { CleanedTransactions } from './cleaned-transactions.ts'
import type { LoadedCodecs } from './loaded-codecs.ts'
import type { LogToClean, SealedSegment } from './log-to-clean.ts'
import type { OffsetMap } from './offset-map.ts'
import { RecordCursor } from './record-cursor.ts'

/** What the reading uses. */
export interface KeyMapping {
  readonly log: LogToClean
  readonly map: OffsetMap
  readonly buffer: StreamBuffer
  readonly codecs: LoadedCodecs
  readonly openedBytesMax: number
  /** Told of bytes that were read; false ends the reading. */
  readonly proceed: (bytes: number) => Promise<boolean>
}

/** How the reading ended: where the map ends, exclusively, or why there is none. */
export type MappedKeys =
  | { readonly kind: 'mapped'; readonly endOffset: number }
  | { readonly kind: 'damaged'; readonly fault: string }
  | { readonly kind: 'stopped' }

/** Fills the map; see the head of this file. */
export async function mapKeys(mapping: KeyMapping): Promise<MappedKeys> {
  const { log } = mapping
  assert(log.firstDirtyOffset < log.firstUncleanableOffset, 'a range to clean is not empty')
  const overlapping = log.abortedTransactions.filter(
    (transaction) => transaction.lastOffset >= log.firstDirtyOffset,
  )
  const transactions = new CleanedTransactions(overlapping)
  for (const segment of log.segments) {
    if (segment.nextOffset <= log.firstDirtyOffset) continue
    const ended = await mapSegment(mapping, segment, transactions)
    if (ended !== undefined) return ended
  }
  return { kind: 'mapped', endOffset: log.firstUncleanableOffset }
}

/** Maps one segment; the result where the reading ends in it. */
async function mapSegment(
  mapping: KeyMapping,
  segment: SealedSegment,
  transactions: CleanedTransactions,
): Promise<MappedKeys | undefined> {
  const { log, buffer, codecs, proceed } = mapping
  const begin = Math.max(segment.baseOffset, log.firstDirtyOffset)
  assert(begin < segment.nextOffset, 'the dirty range reaches into the segment')
  const stream = new BatchStream(segment, buffer, await segment.positionOf(begin))
  for (;;) {
    const before = stream.position
    const batches = await stream.next()
    if (stream.fault !== null) return { kind: 'damaged', fault: stream.fault }
    if (batches.length === 0) return undefined
    const missing = await codecs.load(batches)
    if (missing !== null) return { kind: 'damaged', fault: missing }
    for (const batch of batches) {
      const ended = mapBatch(mapping, batch, transactions)
      if (ended !== undefined) return ended
    }
    if (!(await proceed(stream.position - before))) return { kind: 'stopped' }
  }
}

function mapBatch(
  { log, map, codecs, openedBytesMax }: KeyMapping,
  batch: StoredBatch,
  transactions: CleanedTransactions,
): MappedKeys | undefined {
  const { header } = batch
  const isMarker = (header.attributes & batchAttributes.control) !== 0
  if (!isMarker && transactions.readData(header)) return undefined
  if (!isMarker && lastOffsetOf(header) < log.firstDirtyOffset) return undefined
  const damaged = (fault: string): MappedKeys => ({
    kind: 'damaged',
    fault: `damaged batch at offset ${header.baseOffset}: ${fault}`,
  })
  const opened = openRecords(batch, codecs, openedBytesMax)
  if (typeof opened === 'string') return damaged(opened)
  if (isMarker) {
    const kind = markerKindOf(opened, header)
    if (typeof kind === 'object') return damaged(kind.fault)
    transactions.readMarker(header, kind)
    return undefined
  }
  const cursor = new RecordCursor(opened, header)
  while (cursor.next()) {
    const offset = header.baseOffset + cursor.offsetDelta
    if (cursor.keyBytes < 0 || offset < log.firstDirtyOffset) continue
    if (!map.put(cursor.key(), offset)) return { kind: 'mapped', endOffset: offset }
  }
  return cursor.fault === null ? undefined : damaged(cursor.fault)
}
