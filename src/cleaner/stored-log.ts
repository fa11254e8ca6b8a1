/**
 * A partition's log as the cleaner wants it: the store's calls by base offset and position, behind
 * {@link LogToClean}. Runs where the cleaner runs, so in its worker.
 */
import { assert } from '../base/assert.ts'
import { ErrorCode } from '../protocol/error-codes.ts'
import {
  type LogSegment,
  type PartitionLog,
  StorageError,
  type SegmentReplacement as StoreReplacement,
} from '../storage/log-store.ts'
import { type CleaningOptions, type CleaningResult, cleanLog } from './clean-log.ts'
import type { AbortedTransaction } from './cleaned-transactions.ts'
import type {
  ActiveProducer,
  LogToClean,
  SealedSegment,
  SegmentReplacement,
} from './log-to-clean.ts'

/** The range of one cleaning; offsets of {@link LogToClean}. */
export interface DirtyRange {
  readonly firstDirtyOffset: number
  readonly firstUncleanableOffset: number
}

/**
 * `log` for a cleaning of that range; undefined where its segments are others by now, so that the
 * range has to be judged anew.
 */
export async function logToClean(
  log: PartitionLog,
  range: DirtyRange,
): Promise<LogToClean | undefined> {
  const { firstDirtyOffset, firstUncleanableOffset } = range
  assert(firstDirtyOffset < firstUncleanableOffset, 'a range to clean is not empty')
  const sealed = (await log.segments()).filter(
    ({ baseOffset, active }) => !active && baseOffset < firstUncleanableOffset,
  )
  const [first] = sealed
  const isSame = sealed.at(-1)?.nextOffset === firstUncleanableOffset
  if (first === undefined || !isSame || firstDirtyOffset < log.logStartOffset()) return undefined
  const segments = await Promise.all(sealed.map((segment) => sealedSegment(log, segment)))
  // What is written later stands above the range; its producers may have had batches within.
  const end = log.logEndOffset()
  return {
    segments,
    firstDirtyOffset,
    firstUncleanableOffset,
    abortedTransactions: log
      .abortedTransactions(first.baseOffset, end + 1)
      .filter(({ firstOffset }) => firstOffset < firstUncleanableOffset),
    activeProducers: new Map(
      log.producers().map((producer): [number, ActiveProducer] => [producer.producerId, producer]),
    ),
    replace: (replaced) => replace(log, replaced),
  }
}

/**
 * Cleans that range of a store's log. `stopped` also where its segments are others by now, as after
 * retention. Rejects when the disk fails or the log is not in service any more.
 */
export async function cleanStoredLog(
  log: PartitionLog,
  range: DirtyRange,
  options: CleaningOptions,
): Promise<CleaningResult> {
  try {
    // What is replaced has to be durable, and with other settings than ours nothing asks for it.
    if (log.durableOffset() < range.firstUncleanableOffset) await log.flush()
    const toClean = await logToClean(log, range)
    return toClean === undefined ? { kind: 'stopped' } : await cleanLog(toClean, options)
  } catch (error) {
    if (isSegmentGone(error)) return { kind: 'stopped' }
    throw error
  }
}

function isSegmentGone(error: unknown): boolean {
  return error instanceof StorageError && error.code === ErrorCode.OFFSET_OUT_OF_RANGE
}

async function sealedSegment(log: PartitionLog, segment: LogSegment): Promise<SealedSegment> {
  const { baseOffset, nextOffset, sizeBytes, largestTimestamp } = segment
  return {
    baseOffset,
    nextOffset,
    sizeBytes,
    largestTimestamp,
    ...(await log.segmentDetail(baseOffset)),
    positionOf: (offset) => log.segmentPosition(baseOffset, offset),
    read: async (position, into) => {
      const bytes = await log.readSegment(baseOffset, position, into.length)
      assert(bytes.length <= into.length, 'no more is read than there is room for')
      into.set(bytes)
      return bytes.length
    },
  }
}

async function replace(
  log: PartitionLog,
  replaced: readonly SealedSegment[],
): Promise<SegmentReplacement> {
  const [first, last] = [replaced[0], replaced.at(-1)]
  assert(first !== undefined && last !== undefined, 'something is replaced')
  const replacement = await log.replaceSegments(first.baseOffset, last.nextOffset)
  return new StoredReplacement(replacement)
}

/** Collects what the index of the segment gets until it is committed. */
class StoredReplacement implements SegmentReplacement {
  readonly #replacement: StoreReplacement
  readonly #aborted: AbortedTransaction[] = []

  constructor(replacement: StoreReplacement) {
    this.#replacement = replacement
  }

  async append(batches: readonly Uint8Array[]): Promise<void> {
    const [only] = batches
    const together = batches.length === 1 && only !== undefined ? only : Buffer.concat(batches)
    await this.#replacement.append(together)
  }

  appendAborted(transaction: AbortedTransaction): void {
    this.#aborted.push(transaction)
  }

  /** A rejected one is discarded: it would hold the log's only replacement for ever. */
  async commit(): Promise<boolean> {
    try {
      return await this.#replacement.commit(this.#aborted)
    } catch (error) {
      await this.#replacement.discard().catch(() => undefined)
      throw error
    }
  }

  discard(): Promise<void> {
    return this.#replacement.discard()
  }
}
