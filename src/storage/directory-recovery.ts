/** Makes an unclean log directory a clean one without a broker: Apache Kafka opens it then. */
import type { LogConfig, RecoveryReport } from './log-store.ts'
import { nativeStorage } from './native-binding.ts'
import { openNativeLogStore } from './native-log-store.ts'

/** What a recovery did. */
export interface DirectoryRecovery extends RecoveryReport {
  readonly seconds: number
}

/**
 * What a partition is recovered with. Offline nobody knows the topics' configs; of these only the
 * distance of index entries (Kafka's default) and the gaps that compaction leaves matter, and no
 * producer is forgotten: the next broker to start does that.
 */
const recoveryConfig: Omit<LogConfig, 'compacted'> = {
  segmentBytes: 2 ** 30,
  segmentMs: Number.POSITIVE_INFINITY,
  segmentJitterMs: 0,
  segmentIndexBytes: 10 * 1024 * 1024,
  indexIntervalBytes: 4096,
  flushMessages: Number.POSITIVE_INFINITY,
  flushMs: Number.POSITIVE_INFINITY,
  producerIdExpirationMs: Number.POSITIVE_INFINITY,
  fileDeleteDelayMs: 0,
  maxMessageBytes: 2 ** 20,
  logAppendTime: false,
  timestampBeforeMaxMs: Number.POSITIVE_INFINITY,
  timestampAfterMaxMs: Number.POSITIVE_INFINITY,
  targetCodec: -1,
  targetLevel: 0,
  openCompressed: false,
}

/** Of a folder without `partition.metadata`. */
const noTopicId = 'AAAAAAAAAAAAAAAAAAAAAA'

/**
 * Recovers every partition as a broker's start would, and stops cleanly. Undefined, with nothing
 * changed, if the directory is clean already.
 *
 * @throws {StorageError} one sentence: no log directory, in use, or damaged where recovery may not
 * cut.
 */
export async function recoverDirectory(path: string): Promise<DirectoryRecovery | undefined> {
  const begun = performance.now()
  const check = await nativeStorage().openCheck(path)
  const { clean, partitions } = check.report()
  // The lock is given back here and taken again, alone, by the store.
  check.release()
  if (clean) return undefined
  const cleaned = new Set(partitions.filter((one) => one.cleanedTo >= 0).map((one) => one.folder))
  const store = await openNativeLogStore(path)
  const report = store.recoveryReport()
  if (report.clean) {
    await store.close()
    return undefined
  }
  const opening = store.partitionsOnDisk().map(({ topic, partition, topicId }) => {
    const compacted = cleaned.has(`${topic}-${partition}`)
    const config = { ...recoveryConfig, compacted }
    return store.openPartition(topic, partition, topicId ?? noTopicId, config)
  })
  await Promise.all(opening)
  const recovered = store.recoveryReport()
  await store.close()
  return { ...recovered, seconds: (performance.now() - begun) / 1000 }
}
