/** Asks the hosted logs of compacted topics what there is to clean, and chooses the dirtiest. */
import { setImmediate } from 'node:timers/promises'
import { assert } from '../../base/assert.ts'
import type { BrokerConfig, ConfigTexts } from '../../metadata/config/broker-config.ts'
import { topicConfigValue } from '../../metadata/config/topic-config.ts'
import { type TopicSettings, topicSettings } from '../../metadata/config/topic-settings.ts'
import { configsOf, type MetadataImage, ResourceType } from '../../metadata/image.ts'
import {
  type CleanableRange,
  type CompactionConfig,
  type CompactionSegment,
  chooseLog,
  cleanableRange,
} from '../../policy/compaction.ts'
import { type LogStore, type PartitionLog, StorageError } from '../../storage/log-store.ts'
import type { Look } from './cleaner-figures.ts'
import type { CleanerOffsets } from './cleaner-offsets.ts'

/** Partitions that are passed over in one turn of the event loop; each is a few calls. */
const partitionsPerTurn = 100

/** A log of a compacted topic, and where it lies. */
export interface CompactedPartition {
  readonly log: PartitionLog
  readonly store: LogStore
  readonly settings: TopicSettings
}

/** One that is due, with what there is to clean. */
export interface DirtyLog extends CompactedPartition {
  readonly range: CleanableRange
}

/** Where logs and their settings come from. */
export interface DirtyLogsOptions {
  readonly find: (topic: string, partition: number) => PartitionLog | undefined
  /** The directory of a partition that is open. */
  readonly storeOf: (topic: string, partition: number) => LogStore | undefined
  readonly image: () => MetadataImage
  readonly config: () => BrokerConfig
  readonly offsets: CleanerOffsets
}

/**
 * Looks at all logs that `isWanted`, and chooses the one that should be cleaned next at `nowMs`;
 * undefined: none is due. A log that cannot be asked now is left out, as its directory tells of
 * itself.
 */
export async function lookForDirty(
  options: DirtyLogsOptions,
  nowMs: number,
  isWanted: (log: PartitionLog) => boolean,
): Promise<Look & { readonly dirtiest: DirtyLog | undefined }> {
  const candidates: { readonly log: Candidate; readonly range: CleanableRange }[] = []
  let looked = 0
  for (const partition of compactedPartitions(options)) {
    if (++looked % partitionsPerTurn === 0) await setImmediate()
    if (partition === undefined || !isWanted(partition.log)) continue
    try {
      const range = await rangeOf(partition, options.offsets, nowMs)
      candidates.push({
        log: { ...partition, config: compactionConfig(partition.settings) },
        range,
      })
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
    }
  }
  const chosen = chooseLog(candidates)
  assert(chosen === undefined || chosen.range.cleanableBytes > 0, 'what is due has bytes')
  const maxOf = (read: (range: CleanableRange) => number): number =>
    candidates.reduce((max, { range }) => Math.max(max, read(range)), 0)
  return {
    dirtiest: chosen === undefined ? undefined : { ...chosen.log, range: chosen.range },
    maxDirtyRatio: maxOf(({ dirtyRatio }) => dirtyRatio),
    maxDelayMs: maxOf(({ overdueMs }) => overdueMs),
  }
}

type Candidate = CompactedPartition & { readonly config: CompactionConfig }

/** Those with something sealed; undefined for each partition that is none of them. */
function* compactedPartitions({
  find,
  storeOf,
  image,
  config,
}: DirtyLogsOptions): Generator<CompactedPartition | undefined> {
  const now = image()
  for (const { name, id, partitions } of now.topicsByName.values()) {
    const texts = configsOf(now, ResourceType.TOPIC, name)
    if (!isCompacted(texts, config())) {
      yield undefined
      continue
    }
    const settings = topicSettings(texts, config())
    for (const { index } of partitions) {
      const log = find(name, index)
      const store = storeOf(name, index)
      const isUsed = log?.topicId === id && log.online() && log.segmentCount() > 1
      yield isUsed && store !== undefined ? { log, store, settings } : undefined
    }
  }
}

/** Cheaper than all settings, as most topics are not. */
function isCompacted(texts: ConfigTexts, config: BrokerConfig): boolean {
  const policies = topicConfigValue('cleanup.policy', texts, config)
  return Array.isArray(policies) && policies.includes('compact')
}

async function rangeOf(
  { log, store, settings }: CompactedPartition,
  offsets: CleanerOffsets,
  nowMs: number,
): Promise<CleanableRange> {
  const checkpoint = await offsets.get(store, log)
  // Before the segments, of which later ones may have been deleted below the log start meanwhile.
  const logStartOffset = log.logStartOffset()
  const lastStableOffset = log.lastStableOffset()
  const config = compactionConfig(settings)
  const segments: CompactionSegment[] = []
  for (const segment of await log.segments()) {
    const { baseOffset, sizeBytes, largestTimestamp, active, nextOffset } = segment
    // Who sets no longest lag is not asked for when each segment began.
    const mayBeOverdue = config.maxCompactionLagMs !== Infinity && !active
    const isDirty = nextOffset > (checkpoint ?? 0)
    const detail =
      mayBeOverdue && isDirty
        ? await log.segmentDetail(baseOffset)
        : { firstBatchTimestamp: -1, offsetIndexBytes: 0, timeIndexBytes: 0 }
    segments.push({ baseOffset, sizeBytes, largestTimestamp, ...detail })
  }
  const logEndOffset = log.logEndOffset()
  const asked = { segments, logStartOffset, lastStableOffset, logEndOffset, checkpoint, config }
  const range = cleanableRange(asked, nowMs)
  if (range.checkpointReset !== undefined) await offsets.set(store, log, range.firstDirtyOffset)
  return range
}

/** The longest lag of all is none. */
function compactionConfig(settings: TopicSettings): CompactionConfig {
  const { minCleanableDirtyRatio, minCompactionLagMs, maxCompactionLagMs } = settings
  const isBounded = maxCompactionLagMs < Number.MAX_SAFE_INTEGER
  return {
    minCleanableDirtyRatio,
    minCompactionLagMs,
    maxCompactionLagMs: isBounded ? maxCompactionLagMs : Infinity,
  }
}
