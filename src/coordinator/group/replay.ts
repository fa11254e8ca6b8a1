/** Rebuilds groups and offsets from the records of a `__consumer_offsets` partition. */
import { assert } from '../../base/assert.ts'
import type { GroupMetadataValue } from '../../protocol/generated/record/group.ts'
import { decodeGroupRecord, type GroupRecord } from '../../protocol/group-record.ts'
import { batchAttributes, decodeBatches, type ReadBatch } from '../../protocol/record-batch.ts'
import type { PartitionLog } from '../../storage/log-store.ts'
import type { OffsetTable } from './offsets.ts'

/** What a replay fills. The last record of a key counts. */
export interface ReplayTarget {
  readonly offsets: OffsetTable
  readonly groups: Map<string, GroupMetadataValue>
}

const readBytes = 1 << 20

/** Reads the whole log up to its end. Rejects when a batch in it is broken. */
export async function replayLog(log: PartitionLog, target: ReplayTarget): Promise<void> {
  let at = log.logStartOffset()
  while (at < log.logEndOffset()) {
    const bytes = await log.read(at, readBytes, 'logEndOffset')
    const { value, error } = decodeBatches(bytes)
    const where = `${log.topic}-${log.partition} at offset ${at}`
    if (value === null) throw new Error(`${where} cannot be read: ${error}`)
    const last = value.batches.at(-1)
    if (last === undefined) throw new Error(`${where} cannot be read: no whole batch`)
    for (const batch of value.batches) replayBatch(batch, target)
    const end = last.baseOffset + last.lastOffsetDelta + 1
    assert(end > at, 'a read gives the batch of its offset, or a later one')
    at = end
  }
}

function replayBatch(batch: ReadBatch, target: ReplayTarget): void {
  if ((batch.attributes & batchAttributes.control) !== 0) return
  for (const { key, value } of batch.records) {
    if (key === null) continue
    const record = decodeGroupRecord(key, value).value
    // Unknown kinds belong to group types that are not built; they stay in the log untouched.
    if (record !== null && record.name !== null) replayRecord(record, target)
  }
}

/** Applies one record. */
export function replayRecord(record: GroupRecord, target: ReplayTarget): void {
  if (record.name === 'GroupMetadata') {
    if (record.value === null) target.groups.delete(record.key.group)
    else target.groups.set(record.key.group, record.value)
    return
  }
  const { group, topic, partition } = record.key
  if (record.value === null) {
    target.offsets.apply(group, topic, partition, undefined)
    return
  }
  target.offsets.apply(group, topic, partition, {
    leaderEpoch: -1,
    expireTimestamp: -1,
    ...record.value,
  })
}
