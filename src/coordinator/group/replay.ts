/**
 * Rebuilds groups and offsets from the records of a `__consumer_offsets` partition. What a
 * transaction wrote counts once its marker says so: nothing counts of one that was aborted, or that
 * the log leaves open.
 */
import { assert } from '../../base/assert.ts'
import { decodeControlRecord } from '../../protocol/control-record.ts'
import type { GroupMetadataValue } from '../../protocol/generated/record/group.ts'
import {
  decodeGroupRecord,
  type GroupRecord,
  type UnknownGroupRecord,
} from '../../protocol/group-record.ts'
import { batchAttributes, offsetOf, type ReadBatch } from '../../protocol/record-batch.ts'
import type { PartitionLog } from '../../storage/log-store.ts'
import { readStoredBatches } from '../stored-batches.ts'
import type { ForeignGroups } from './foreign-groups.ts'
import type { OffsetTable } from './offsets.ts'
import { PendingOffsets } from './pending-offsets.ts'

/** What a replay fills. The last record of a key counts. */
export interface ReplayTarget {
  readonly foreign: ForeignGroups
  readonly offsets: OffsetTable
  readonly groups: Map<string, GroupMetadataValue>
}

const readBytes = 1 << 20

/** Reads the whole log up to its end. Rejects when something in it cannot be read. */
export async function replayLog(log: PartitionLog, target: ReplayTarget): Promise<void> {
  const pending = new PendingOffsets()
  let at = log.logStartOffset()
  while (at < log.logEndOffset()) {
    const bytes = await log.read(at, readBytes, 'logEndOffset')
    const { value, error } = await readStoredBatches(bytes)
    const where = `${log.topic}-${log.partition} at offset ${at}`
    if (value === null) throw new Error(`${where} cannot be read: ${error}`)
    const last = value.batches.at(-1)
    if (last === undefined) throw new Error(`${where} cannot be read: no whole batch`)
    try {
      for (const batch of value.batches) replayBatch(batch, target, pending)
    } catch (error) {
      const { message } = error as Error
      throw new Error(`${where} cannot be read: ${message}`, { cause: error })
    }
    const end = last.baseOffset + last.lastOffsetDelta + 1
    assert(end > at, 'a read gives the batch of its offset, or a later one')
    at = end
  }
}

function replayBatch(batch: ReadBatch, target: ReplayTarget, pending: PendingOffsets): void {
  if ((batch.attributes & batchAttributes.control) !== 0) {
    replayMarker(batch, target, pending)
    return
  }
  for (const record of batch.records) {
    if (record.key === null) continue
    const decoded = readRecord(record.key, record.value, offsetOf(batch, record))
    if (decoded.name === null) target.foreign.apply(decoded)
    else if (decoded.name !== 'GroupMetadata') {
      replayOffset(decoded, batch.producerId, offsetOf(batch, record), target, pending)
    } else if (decoded.value === null) target.groups.delete(decoded.key.group)
    else target.groups.set(decoded.key.group, decoded.value)
  }
}

/**
 * A record of a kind that is known must be readable: to pass over it would be to forget a group or
 * an offset. Other kinds belong to types of groups that are not served here.
 */
function readRecord(
  key: Uint8Array,
  value: Uint8Array | null,
  offset: number,
): GroupRecord | UnknownGroupRecord {
  const decoded = decodeGroupRecord(key, value)
  if (decoded.value === null) throw new Error(`the record at offset ${offset}: ${decoded.error}`)
  if (decoded.value.name === null && decoded.value.kind <= groupKindMax) {
    throw new Error(
      `the record at offset ${offset}: kind ${decoded.value.kind} in a newer version than this ` +
        'one reads; open the data directory with that',
    )
  }
  return decoded.value
}

/** The last of the kinds that are read here, whatever the version: offsets and classic groups. */
const groupKindMax = 2

/** A control record ends the transaction of its batch's producer, or is none of ours. */
function replayMarker(batch: ReadBatch, target: ReplayTarget, pending: PendingOffsets): void {
  const [marker] = batch.records
  const name = marker === undefined ? null : decodeControlRecord(marker).value?.name
  if (name === 'commit') pending.commit(batch.producerId, target.offsets)
  else if (name === 'abort') pending.abort(batch.producerId)
}

function replayOffset(
  { key, value }: Exclude<GroupRecord, { readonly name: 'GroupMetadata' }>,
  producerId: number,
  at: number,
  target: ReplayTarget,
  pending: PendingOffsets,
): void {
  const { group, topic, partition } = key
  if (value === null) {
    // A tombstone takes pending offsets with it, whoever wrote it.
    target.offsets.apply(group, topic, partition, undefined)
    pending.supersede(group, topic, partition, at)
    return
  }
  const offset = { leaderEpoch: -1, expireTimestamp: -1, ...value }
  if (producerId >= 0) {
    pending.add(producerId, group, topic, partition, offset, at)
    return
  }
  target.offsets.apply(group, topic, partition, offset)
  pending.supersede(group, topic, partition, at)
}
