/**
 * Control records: what brokers write into a log for each other. The record stands alone in a batch
 * whose control bit is set, and no application sees it.
 *
 *     key    int16 version 0, int16 type
 *     value  int16 version, then the body of the type
 */
import type { Decoded, MessageCodec } from './codec.ts'
import * as control from './generated/record/control.ts'
import { Reader } from './reader.ts'
import type { BatchRecord } from './record-batch.ts'
import { Writer } from './writer.ts'

/** A control record, told apart by `name`; the names of the first two are what they decide. */
export type ControlRecord =
  | { readonly name: 'abort' | 'commit'; readonly value: control.EndTxnMarker }
  | { readonly name: 'leaderChange'; readonly value: control.LeaderChangeMessage }
  | { readonly name: 'snapshotHeader'; readonly value: control.SnapshotHeaderRecord }
  | { readonly name: 'snapshotFooter'; readonly value: control.SnapshotFooterRecord }
  | { readonly name: 'kraftVersion'; readonly value: control.KRaftVersionRecord }
  | { readonly name: 'voters'; readonly value: control.VotersRecord }

/** A control record of a type or version without schema; readers pass over it. */
export interface UnknownControlRecord {
  readonly name: null
  readonly type: number
  readonly value: Uint8Array | null
}

interface Kind {
  readonly name: ControlRecord['name']
  readonly codec: MessageCodec<unknown, unknown>
  /** The body repeats the version as its first field, which is then the only place of it. */
  readonly versionInBody: boolean
}

/** Place in the list is the type. */
const kinds: readonly Kind[] = [
  kind('abort', control.endTxnMarker, false),
  kind('commit', control.endTxnMarker, false),
  kind('leaderChange', control.leaderChangeMessage, true),
  kind('snapshotHeader', control.snapshotHeaderRecord, true),
  kind('snapshotFooter', control.snapshotFooterRecord, true),
  kind('kraftVersion', control.kRaftVersionRecord, true),
  kind('voters', control.votersRecord, true),
]

/**
 * Reads the only record of a control batch. What is broken is an error, what is unknown is kept.
 */
export function decodeControlRecord(
  record: Pick<BatchRecord, 'key' | 'value'>,
): Decoded<ControlRecord | UnknownControlRecord> {
  if (record.key === null) return broken('no key')
  const keyReader = new Reader(record.key)
  keyReader.int16()
  const type = keyReader.int16()
  if (keyReader.error !== null) return broken(keyReader.error)
  const kind = kinds[type]
  if (kind === undefined || record.value === null) {
    return { value: { name: null, type, value: record.value }, error: null }
  }
  const version = new Reader(record.value).int16()
  if (version < 0 || version > kind.codec.versionMax) {
    return { value: { name: null, type, value: record.value }, error: null }
  }
  const reader = new Reader(record.value)
  if (!kind.versionInBody) reader.int16()
  const value = kind.codec.decode(reader, version)
  if (reader.error !== null) return broken(`${kind.codec.name}: ${reader.error}`)
  return { value: { name: kind.name, value } as ControlRecord, error: null }
}

/** Key and value of a control record, in the version that its value names, else in version 0. */
export function encodeControlRecord(record: ControlRecord): {
  readonly key: Uint8Array
  readonly value: Uint8Array
} {
  const type = kinds.findIndex((one) => one.name === record.name)
  const kind = kinds[type]
  if (kind === undefined) throw new Error(`no control record is called ${record.name}`)
  const key = new Writer()
  key.int16(0)
  key.int16(type)
  const version = 'version' in record.value ? record.value.version : 0
  const value = new Writer()
  if (!kind.versionInBody) value.int16(version)
  kind.codec.encode(value, version, record.value)
  if (value.error !== null) throw new Error(`${kind.codec.name}: ${value.error}`)
  return { key: key.finish(), value: value.finish() }
}

function kind<T, Input>(
  name: ControlRecord['name'],
  codec: MessageCodec<T, Input>,
  versionInBody: boolean,
): Kind {
  // Name and codec belong together here and in the type of the records, nowhere else.
  return { name, codec: codec as MessageCodec<unknown, unknown>, versionInBody }
}

function broken(error: string): { readonly value: null; readonly error: string } {
  return { value: null, error: `control record: ${error}` }
}
