/**
 * `quorum-state`, the file beside the metadata log in which a voter remembers its epoch and vote,
 * in Kafka's form: JSON of the record QuorumStateData, version 1.
 */
import { assert } from '../base/assert.ts'
import { MetadataError } from '../metadata/error.ts'
import { isUuid, type Uuid, zeroUuid } from '../protocol/uuid.ts'

/** What a voter must not forget. */
export interface QuorumState {
  /** -1: unknown. */
  readonly leaderId: number
  readonly leaderEpoch: number
  /** -1: no vote in this epoch. */
  readonly votedId: number
  readonly votedDirectoryId: Uuid
}

/** The state of a node that knows itself as the leader of an epoch. */
export function leaderState(nodeId: number, leaderEpoch: number): QuorumState {
  assert(nodeId >= 0 && leaderEpoch > 0, 'a leader has an id and an epoch')
  return { leaderId: nodeId, leaderEpoch, votedId: -1, votedDirectoryId: zeroUuid }
}

/** The bytes of the file. */
export function encodeQuorumState(state: QuorumState): Uint8Array {
  const { leaderId, leaderEpoch, votedId, votedDirectoryId } = state
  assert(isUuid(votedDirectoryId), 'a vote is for a directory, or the zero id')
  const fields = { leaderId, leaderEpoch, votedId, votedDirectoryId, data_version: 1 }
  return Buffer.from(JSON.stringify(fields), 'utf8')
}

/** Reads the file. Throws a {@link MetadataError} for anything but version 0 or 1 of its record. */
export function decodeQuorumState(bytes: Uint8Array): QuorumState {
  const text = Buffer.from(bytes).toString('utf8')
  const fields = parseObject(text)
  const version = fields['data_version']
  const leaderId = fields['leaderId'] ?? -1
  const leaderEpoch = fields['leaderEpoch']
  const votedId = fields['votedId'] ?? -1
  const votedDirectoryId = fields['votedDirectoryId'] ?? zeroUuid
  const known = version === 0 || version === 1
  if (
    !known ||
    !isInteger(leaderId) ||
    !isInteger(leaderEpoch) ||
    !isInteger(votedId) ||
    typeof votedDirectoryId !== 'string' ||
    !isUuid(votedDirectoryId)
  ) {
    throw new MetadataError(`quorum-state is not of a version that can be read: ${text}`)
  }
  return { leaderId, leaderEpoch, votedId, votedDirectoryId }
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

function isInteger(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value)
}
