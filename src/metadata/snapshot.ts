/**
 * A snapshot of the metadata log: an image as a file of record batches.
 *
 *     <end offset, 20 digits>-<epoch, 10 digits>.checkpoint
 *
 * It stands for all records below the end offset. Its batches number their records from 0: a
 * control batch with the header, the level of `kraft.version` and the voters; batches of metadata
 * records, the feature levels first, because they say how to read the rest; a control batch with
 * the footer, by which a reader knows that the file is whole.
 */
import { assert } from '../base/assert.ts'
import type { ControlRecord } from '../protocol/control-record.ts'
import { MetadataDelta } from './delta.ts'
import { MetadataError } from './error.ts'
import { emptyImage, type MetadataImage } from './image.ts'
import { imageRecords } from './image-records.ts'
import { decodeLog, encodeControls, encodeRecords, type LoggedRecordInput } from './records.ts'

/** Which records a snapshot stands for. */
export interface SnapshotId {
  /** First offset that is not in it. */
  readonly endOffset: number
  /** Leader epoch of the last record that is in it. */
  readonly epoch: number
}

/** Records in one batch of a snapshot; some 500 KiB of partitions. */
const batchRecordsMax = 8192

/** The id of a snapshot of `image`. */
export function snapshotIdOf(image: MetadataImage): SnapshotId {
  return { endOffset: image.offset + 1, epoch: image.epoch }
}

/** File name of a snapshot. */
export function snapshotName(id: SnapshotId): string {
  assert(id.endOffset >= 0 && id.epoch >= 0, 'a snapshot ends within a log')
  const offset = String(id.endOffset).padStart(20, '0')
  return `${offset}-${String(id.epoch).padStart(10, '0')}.checkpoint`
}

/** The id in a file name, or undefined when the file is no finished snapshot. */
export function parseSnapshotName(name: string): SnapshotId | undefined {
  const match = /^(\d{20})-(\d{10})\.checkpoint$/.exec(name)
  if (match === null) return undefined
  return { endOffset: Number(match[1]), epoch: Number(match[2]) }
}

/** The newest of several snapshots. */
export function latestSnapshot(names: Iterable<string>): SnapshotId | undefined {
  let latest: SnapshotId | undefined
  for (const name of names) {
    const id = parseSnapshotName(name)
    if (id !== undefined && (latest === undefined || id.endOffset > latest.endOffset)) latest = id
  }
  return latest
}

/** The bytes of a snapshot of `image`, written at `timestamp`. */
export function encodeSnapshot(image: MetadataImage, timestamp: number): Uint8Array {
  return encodeSnapshotFile(
    [
      { name: 'snapshotHeader', value: { version: 0, lastContainedLogTimestamp: image.timestamp } },
      { name: 'kraftVersion', value: { version: 0, kRaftVersion: image.quorum.version } },
      { name: 'voters', value: { version: 0, voters: image.quorum.voters } },
    ],
    imageRecords(image),
    image.epoch,
    timestamp,
  )
}

/** The bytes of a snapshot file of any content; `controls` begins with the snapshot's header. */
export function encodeSnapshotFile(
  controls: readonly ControlRecord[],
  records: readonly LoggedRecordInput[],
  epoch: number,
  timestamp: number,
): Uint8Array {
  assert(controls[0]?.name === 'snapshotHeader', 'a snapshot begins with its header')
  const parts: Uint8Array[] = []
  let baseOffset = 0
  const place = (): { baseOffset: number; partitionLeaderEpoch: number } => ({
    baseOffset,
    partitionLeaderEpoch: epoch,
  })
  parts.push(encodeControls(controls, timestamp, place()))
  baseOffset += controls.length
  for (let at = 0; at < records.length; at += batchRecordsMax) {
    const slice = records.slice(at, at + batchRecordsMax)
    parts.push(encodeRecords(slice, timestamp, place()))
    baseOffset += slice.length
  }
  assert(baseOffset === controls.length + records.length, 'every record has its place')
  const footer: ControlRecord = { name: 'snapshotFooter', value: { version: 0 } }
  parts.push(encodeControls([footer], timestamp, place()))
  return Buffer.concat(parts)
}

/** What a snapshot file says. Throws a {@link MetadataError} when it is broken or not whole. */
export function decodeSnapshot(id: SnapshotId, bytes: Uint8Array): MetadataImage {
  const { records, controls } = decodeSnapshotFile(snapshotName(id), bytes)
  const delta = new MetadataDelta(emptyImage)
  let timestamp = 0
  for (const control of controls) {
    if (control.name === 'snapshotHeader') timestamp = control.value.lastContainedLogTimestamp
    if (control.name === 'kraftVersion') delta.applyKRaftVersion(control.value)
    if (control.name === 'voters') delta.applyVoters(control.value)
  }
  for (const record of records) delta.apply(record)
  return delta.finish({ offset: id.endOffset - 1, epoch: id.epoch, timestamp })
}

/** The records of a snapshot file, or of `bootstrap.checkpoint`, which has the same form. */
export function decodeSnapshotFile(
  name: string,
  bytes: Uint8Array,
): Pick<ReturnType<typeof decodeLog>['batches'][number], 'records' | 'controls'> {
  const { batches, bytesRead } = decodeLog(bytes)
  const controls = batches.flatMap((batch) => batch.controls)
  const whole =
    bytesRead === bytes.length &&
    controls[0]?.name === 'snapshotHeader' &&
    controls.at(-1)?.name === 'snapshotFooter'
  if (!whole) throw new MetadataError(`${name} is not a whole snapshot of the metadata log`)
  return { records: batches.flatMap((batch) => batch.records), controls }
}
