// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../base/assert.ts'
import type { Api, MessageCodec } from '../codec.ts'
import { readInt32, writeInt32 } from '../primitives.ts'
import type { Reader } from '../reader.ts'
import type { Uuid } from '../uuid.ts'
import { zeroUuid } from '../uuid.ts'
import type { Writer } from '../writer.ts'

/** Part of {@link FetchRequest}. */
export interface ReplicaState {
  readonly replicaId: number
  readonly replicaEpoch: number
}

/** {@link ReplicaState} as it is encoded. */
export interface ReplicaStateInput {
  readonly replicaId?: number
  readonly replicaEpoch?: number
}

/** Part of {@link FetchRequest}. */
export interface FetchPartition {
  readonly partition: number
  /** From version 9. */
  readonly currentLeaderEpoch: number
  readonly fetchOffset: number
  /** From version 12; epoch of the follower's last batch; tells the leader where the logs part. */
  readonly lastFetchedEpoch: number
  /** From version 5; the follower's; -1 from a consumer. */
  readonly logStartOffset: number
  readonly partitionMaxBytes: number
  /** From version 17. */
  readonly replicaDirectoryId: Uuid
  /** Version 18 only; what the follower knows; Infinity when it does not say. */
  readonly highWatermark: number
}

/** {@link FetchPartition} as it is encoded. */
export interface FetchPartitionInput {
  readonly partition: number
  readonly currentLeaderEpoch?: number
  readonly fetchOffset: number
  readonly lastFetchedEpoch?: number
  readonly logStartOffset?: number
  readonly partitionMaxBytes: number
  readonly replicaDirectoryId?: Uuid
  readonly highWatermark?: number
}

/** Part of {@link FetchRequest}. */
export interface FetchTopic {
  /** Versions 4 to 12. */
  readonly topic: string
  /** From version 13. */
  readonly topicId: Uuid
  readonly partitions: readonly FetchPartition[]
}

/** {@link FetchTopic} as it is encoded. */
export interface FetchTopicInput {
  readonly topic?: string
  readonly topicId?: Uuid
  readonly partitions: readonly FetchPartitionInput[]
}

/** Part of {@link FetchRequest}. */
export interface ForgottenTopic {
  /** Versions 7 to 12. */
  readonly topic: string
  /** From version 13. */
  readonly topicId: Uuid
  readonly partitions: readonly number[]
}

/** {@link ForgottenTopic} as it is encoded. */
export interface ForgottenTopicInput {
  readonly topic?: string
  readonly topicId?: Uuid
  readonly partitions: readonly number[]
}

/** Versions 4 to 18. */
export interface FetchRequest {
  /** From version 12. */
  readonly clusterId: string | null
  /** Versions 4 to 14; -1 for a consumer. */
  readonly replicaId: number
  /** From version 15; the follower that asks; replaces replicaId. */
  readonly replicaState: ReplicaState
  readonly maxWaitMs: number
  readonly minBytes: number
  readonly maxBytes: number
  /** 0 up to the high watermark, 1 up to the last stable offset. */
  readonly isolationLevel: number
  /** From version 7. */
  readonly sessionId: number
  /** From version 7; -1 no session, 0 a new one, then counted up per request. */
  readonly sessionEpoch: number
  readonly topics: readonly FetchTopic[]
  /** From version 7; what leaves the session. */
  readonly forgottenTopicsData: readonly ForgottenTopic[]
  /** From version 11. */
  readonly rackId: string
}

/** {@link FetchRequest} as it is encoded. */
export interface FetchRequestInput {
  readonly clusterId?: string | null
  readonly replicaId?: number
  readonly replicaState?: ReplicaStateInput
  readonly maxWaitMs: number
  readonly minBytes: number
  readonly maxBytes?: number
  readonly isolationLevel?: number
  readonly sessionId?: number
  readonly sessionEpoch?: number
  readonly topics: readonly FetchTopicInput[]
  readonly forgottenTopicsData?: readonly ForgottenTopicInput[]
  readonly rackId?: string
}

const defaultReplicaState: ReplicaState = { replicaId: -1, replicaEpoch: -1 }

function decodeReplicaState(reader: Reader, _version: number, _flexible: boolean): ReplicaState {
  const replicaId = reader.int32()
  const replicaEpoch = reader.int64()
  reader.skipTags()
  return { replicaId, replicaEpoch }
}

function decodeFetchPartition(reader: Reader, version: number, flexible: boolean): FetchPartition {
  const partition = reader.int32()
  const currentLeaderEpoch = version >= 9 ? reader.int32() : -1
  const fetchOffset = reader.int64()
  const lastFetchedEpoch = version >= 12 ? reader.int32() : -1
  const logStartOffset = version >= 5 ? reader.int64() : -1
  const partitionMaxBytes = reader.int32()
  let replicaDirectoryId: Uuid = zeroUuid
  let highWatermark: number = Infinity
  if (flexible) {
    for (let left = reader.tagCount(); left > 0; left--) {
      const tag = reader.unsignedVarint()
      const outer = reader.enterTag()
      if (tag === 0 && version >= 17) replicaDirectoryId = reader.uuid()
      else if (tag === 1 && version === 18) highWatermark = reader.int64()
      else reader.skipRest()
      reader.leave(outer)
    }
  }
  return {
    partition,
    currentLeaderEpoch,
    fetchOffset,
    lastFetchedEpoch,
    logStartOffset,
    partitionMaxBytes,
    replicaDirectoryId,
    highWatermark,
  }
}

function decodeFetchTopic(reader: Reader, version: number, flexible: boolean): FetchTopic {
  const topic = version <= 12 ? reader.string(flexible) : ''
  const topicId = version >= 13 ? reader.uuid() : zeroUuid
  const partitions = reader.array(flexible, 16, version, decodeFetchPartition)
  if (flexible) reader.skipTags()
  return { topic, topicId, partitions }
}

function decodeForgottenTopic(reader: Reader, version: number, flexible: boolean): ForgottenTopic {
  const topic = version <= 12 ? reader.string(flexible) : ''
  const topicId = version >= 13 ? reader.uuid() : zeroUuid
  const partitions = reader.array(flexible, 4, version, readInt32)
  if (flexible) reader.skipTags()
  return { topic, topicId, partitions }
}

function decodeFetchRequest(reader: Reader, version: number): FetchRequest {
  assert(version >= 4 && version <= 18, 'a version of FetchRequest')
  const flexible = version >= 12
  const replicaId = version <= 14 ? reader.int32() : -1
  const maxWaitMs = reader.int32()
  const minBytes = reader.int32()
  const maxBytes = reader.int32()
  const isolationLevel = reader.int8()
  const sessionId = version >= 7 ? reader.int32() : 0
  const sessionEpoch = version >= 7 ? reader.int32() : -1
  const topics = reader.array(flexible, 3, version, decodeFetchTopic)
  const forgottenTopicsData = version >= 7
    ? reader.array(flexible, 3, version, decodeForgottenTopic)
    : []
  const rackId = version >= 11 ? reader.string(flexible) : ''
  let clusterId: string | null = null
  let replicaState: ReplicaState = defaultReplicaState
  if (flexible) {
    for (let left = reader.tagCount(); left > 0; left--) {
      const tag = reader.unsignedVarint()
      const outer = reader.enterTag()
      if (tag === 0) clusterId = reader.nullableString(flexible)
      else if (tag === 1 && version >= 15) replicaState = decodeReplicaState(reader, version, flexible)
      else reader.skipRest()
      reader.leave(outer)
    }
  }
  return {
    clusterId,
    replicaId,
    replicaState,
    maxWaitMs,
    minBytes,
    maxBytes,
    isolationLevel,
    sessionId,
    sessionEpoch,
    topics,
    forgottenTopicsData,
    rackId,
  }
}

function encodeReplicaState(
  writer: Writer,
  _version: number,
  _flexible: boolean,
  message: ReplicaStateInput,
): void {
  const { replicaId = -1, replicaEpoch = -1 } = message
  writer.int32(replicaId)
  writer.int64(replicaEpoch)
  writer.unsignedVarint(0)
}

function isDefaultReplicaState(message: ReplicaStateInput): boolean {
  const { replicaId = -1, replicaEpoch = -1 } = message
  return !(replicaId !== -1 || replicaEpoch !== -1)
}

function encodeFetchPartition(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: FetchPartitionInput,
): void {
  const {
    partition,
    currentLeaderEpoch = -1,
    fetchOffset,
    lastFetchedEpoch = -1,
    logStartOffset = -1,
    partitionMaxBytes,
    replicaDirectoryId = zeroUuid,
    highWatermark = Infinity,
  } = message
  writer.int32(partition)
  if (version >= 9) writer.int32(currentLeaderEpoch)
  writer.int64(fetchOffset)
  if (version >= 12) writer.int32(lastFetchedEpoch)
  else if (lastFetchedEpoch !== -1)
    writer.unsupported('FetchRequest.FetchPartition.lastFetchedEpoch', version)
  if (version >= 5) writer.int64(logStartOffset)
  writer.int32(partitionMaxBytes)
  if (flexible) {
    let tags = 0
    if (version >= 17 && replicaDirectoryId !== zeroUuid) tags++
    if (version === 18 && highWatermark !== Infinity) tags++
    writer.unsignedVarint(tags)
    if (version >= 17 && replicaDirectoryId !== zeroUuid) {
      const size = writer.enterTag(0)
      writer.uuid(replicaDirectoryId)
      writer.leaveTag(size)
    }
    if (version === 18 && highWatermark !== Infinity) {
      const size = writer.enterTag(1)
      writer.int64(highWatermark)
      writer.leaveTag(size)
    }
  }
}

function encodeFetchTopic(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: FetchTopicInput,
): void {
  const { topic = '', topicId = zeroUuid, partitions } = message
  if (version <= 12) writer.string(flexible, topic)
  if (version >= 13) writer.uuid(topicId)
  writer.array(flexible, partitions, version, encodeFetchPartition)
  if (flexible) writer.unsignedVarint(0)
}

function encodeForgottenTopic(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: ForgottenTopicInput,
): void {
  const { topic = '', topicId = zeroUuid, partitions } = message
  if (version <= 12) writer.string(flexible, topic)
  if (version >= 13) writer.uuid(topicId)
  writer.array(flexible, partitions, version, writeInt32)
  if (flexible) writer.unsignedVarint(0)
}

function encodeFetchRequest(writer: Writer, version: number, message: FetchRequestInput): void {
  assert(version >= 4 && version <= 18, 'a version of FetchRequest')
  const flexible = version >= 12
  const {
    clusterId = null,
    replicaId = -1,
    replicaState = defaultReplicaState,
    maxWaitMs,
    minBytes,
    maxBytes = 2147483647,
    isolationLevel = 0,
    sessionId = 0,
    sessionEpoch = -1,
    topics,
    forgottenTopicsData = [],
    rackId = '',
  } = message
  if (version <= 14) writer.int32(replicaId)
  else if (replicaId !== -1) writer.unsupported('FetchRequest.replicaId', version)
  writer.int32(maxWaitMs)
  writer.int32(minBytes)
  writer.int32(maxBytes)
  writer.int8(isolationLevel)
  if (version >= 7) writer.int32(sessionId)
  if (version >= 7) writer.int32(sessionEpoch)
  writer.array(flexible, topics, version, encodeFetchTopic)
  if (version >= 7) writer.array(flexible, forgottenTopicsData, version, encodeForgottenTopic)
  else if (forgottenTopicsData.length > 0)
    writer.unsupported('FetchRequest.forgottenTopicsData', version)
  if (version >= 11) writer.string(flexible, rackId)
  if (version < 15 && !isDefaultReplicaState(replicaState))
    writer.unsupported('FetchRequest.replicaState', version)
  if (flexible) {
    let tags = 0
    if (clusterId !== null) tags++
    if (version >= 15 && !isDefaultReplicaState(replicaState)) tags++
    writer.unsignedVarint(tags)
    if (clusterId !== null) {
      const size = writer.enterTag(0)
      writer.nullableString(flexible, clusterId)
      writer.leaveTag(size)
    }
    if (version >= 15 && !isDefaultReplicaState(replicaState)) {
      const size = writer.enterTag(1)
      encodeReplicaState(writer, version, flexible, replicaState)
      writer.leaveTag(size)
    }
  }
}

/** Codec of {@link FetchRequest}. */
export const fetchRequest: MessageCodec<FetchRequest, FetchRequestInput> = {
  name: 'FetchRequest',
  versionMin: 4,
  versionMax: 18,
  flexibleMin: 12,
  decode: decodeFetchRequest,
  encode: encodeFetchRequest,
}

/** Part of {@link FetchResponse}. */
export interface EpochEndOffset {
  readonly epoch: number
  readonly endOffset: number
}

/** {@link EpochEndOffset} as it is encoded. */
export interface EpochEndOffsetInput {
  readonly epoch?: number
  readonly endOffset?: number
}

/** Part of {@link FetchResponse}. */
export interface LeaderIdAndEpoch {
  readonly leaderId: number
  readonly leaderEpoch: number
}

/** {@link LeaderIdAndEpoch} as it is encoded. */
export interface LeaderIdAndEpochInput {
  readonly leaderId?: number
  readonly leaderEpoch?: number
}

/** Part of {@link FetchResponse}. */
export interface SnapshotId {
  readonly endOffset: number
  readonly epoch: number
}

/** {@link SnapshotId} as it is encoded. */
export interface SnapshotIdInput {
  readonly endOffset?: number
  readonly epoch?: number
}

/** Part of {@link FetchResponse}. */
export interface AbortedTransaction {
  readonly producerId: number
  readonly firstOffset: number
}

/** Part of {@link FetchResponse}. */
export interface PartitionData {
  readonly partitionIndex: number
  readonly errorCode: number
  readonly highWatermark: number
  /** All transactions below it are decided. */
  readonly lastStableOffset: number
  /** From version 5. */
  readonly logStartOffset: number
  /** From version 12; where the follower has to cut its log. */
  readonly divergingEpoch: EpochEndOffset
  /** From version 12. */
  readonly currentLeader: LeaderIdAndEpoch
  /** From version 12; the follower has to load this snapshot first. */
  readonly snapshotId: SnapshotId
  /** Only for isolation level 1. */
  readonly abortedTransactions: readonly AbortedTransaction[] | null
  /** From version 11; a closer replica that the consumer should ask; -1 none. */
  readonly preferredReadReplica: number
  /** Whole batches; the last one may be cut off. */
  readonly records: Uint8Array | null
}

/** {@link PartitionData} as it is encoded. */
export interface PartitionDataInput {
  readonly partitionIndex: number
  readonly errorCode: number
  readonly highWatermark: number
  readonly lastStableOffset?: number
  readonly logStartOffset?: number
  readonly divergingEpoch?: EpochEndOffsetInput
  readonly currentLeader?: LeaderIdAndEpochInput
  readonly snapshotId?: SnapshotIdInput
  readonly abortedTransactions?: readonly AbortedTransaction[] | null
  readonly preferredReadReplica?: number
  readonly records: Uint8Array | null
}

/** Part of {@link FetchResponse}. */
export interface FetchableTopicResponse {
  /** Versions 4 to 12. */
  readonly topic: string
  /** From version 13. */
  readonly topicId: Uuid
  readonly partitions: readonly PartitionData[]
}

/** {@link FetchableTopicResponse} as it is encoded. */
export interface FetchableTopicResponseInput {
  readonly topic?: string
  readonly topicId?: Uuid
  readonly partitions: readonly PartitionDataInput[]
}

/** Part of {@link FetchResponse}. */
export interface NodeEndpoint {
  readonly nodeId: number
  readonly host: string
  readonly port: number
  readonly rack: string | null
}

/** {@link NodeEndpoint} as it is encoded. */
export interface NodeEndpointInput {
  readonly nodeId: number
  readonly host: string
  readonly port: number
  readonly rack?: string | null
}

/** Versions 4 to 18. */
export interface FetchResponse {
  readonly throttleTimeMs: number
  /** From version 7. */
  readonly errorCode: number
  /** From version 7; 0 when the fetch is not part of a session. */
  readonly sessionId: number
  readonly responses: readonly FetchableTopicResponse[]
  /** From version 16. */
  readonly nodeEndpoints: readonly NodeEndpoint[]
}

/** {@link FetchResponse} as it is encoded. */
export interface FetchResponseInput {
  readonly throttleTimeMs?: number
  readonly errorCode?: number
  readonly sessionId?: number
  readonly responses: readonly FetchableTopicResponseInput[]
  readonly nodeEndpoints?: readonly NodeEndpointInput[]
}

const defaultEpochEndOffset: EpochEndOffset = { epoch: -1, endOffset: -1 }

const defaultLeaderIdAndEpoch: LeaderIdAndEpoch = { leaderId: -1, leaderEpoch: -1 }

const defaultSnapshotId: SnapshotId = { endOffset: -1, epoch: -1 }

function decodeEpochEndOffset(
  reader: Reader,
  _version: number,
  _flexible: boolean,
): EpochEndOffset {
  const epoch = reader.int32()
  const endOffset = reader.int64()
  reader.skipTags()
  return { epoch, endOffset }
}

function decodeLeaderIdAndEpoch(
  reader: Reader,
  _version: number,
  _flexible: boolean,
): LeaderIdAndEpoch {
  const leaderId = reader.int32()
  const leaderEpoch = reader.int32()
  reader.skipTags()
  return { leaderId, leaderEpoch }
}

function decodeSnapshotId(reader: Reader, _version: number, _flexible: boolean): SnapshotId {
  const endOffset = reader.int64()
  const epoch = reader.int32()
  reader.skipTags()
  return { endOffset, epoch }
}

function decodeAbortedTransaction(
  reader: Reader,
  _version: number,
  flexible: boolean,
): AbortedTransaction {
  const producerId = reader.int64()
  const firstOffset = reader.int64()
  if (flexible) reader.skipTags()
  return { producerId, firstOffset }
}

function decodePartitionData(reader: Reader, version: number, flexible: boolean): PartitionData {
  const partitionIndex = reader.int32()
  const errorCode = reader.int16()
  const highWatermark = reader.int64()
  const lastStableOffset = reader.int64()
  const logStartOffset = version >= 5 ? reader.int64() : -1
  const abortedTransactions = reader.nullableArray(flexible, 16, version, decodeAbortedTransaction)
  const preferredReadReplica = version >= 11 ? reader.int32() : -1
  const records = reader.nullableBytes(flexible)
  let divergingEpoch: EpochEndOffset = defaultEpochEndOffset
  let currentLeader: LeaderIdAndEpoch = defaultLeaderIdAndEpoch
  let snapshotId: SnapshotId = defaultSnapshotId
  if (flexible) {
    for (let left = reader.tagCount(); left > 0; left--) {
      const tag = reader.unsignedVarint()
      const outer = reader.enterTag()
      if (tag === 0) divergingEpoch = decodeEpochEndOffset(reader, version, flexible)
      else if (tag === 1) currentLeader = decodeLeaderIdAndEpoch(reader, version, flexible)
      else if (tag === 2) snapshotId = decodeSnapshotId(reader, version, flexible)
      else reader.skipRest()
      reader.leave(outer)
    }
  }
  return {
    partitionIndex,
    errorCode,
    highWatermark,
    lastStableOffset,
    logStartOffset,
    divergingEpoch,
    currentLeader,
    snapshotId,
    abortedTransactions,
    preferredReadReplica,
    records,
  }
}

function decodeFetchableTopicResponse(
  reader: Reader,
  version: number,
  flexible: boolean,
): FetchableTopicResponse {
  const topic = version <= 12 ? reader.string(flexible) : ''
  const topicId = version >= 13 ? reader.uuid() : zeroUuid
  const partitions = reader.array(flexible, 30, version, decodePartitionData)
  if (flexible) reader.skipTags()
  return { topic, topicId, partitions }
}

function decodeNodeEndpoint(reader: Reader, _version: number, _flexible: boolean): NodeEndpoint {
  const nodeId = reader.int32()
  const host = reader.string(true)
  const port = reader.int32()
  const rack = reader.nullableString(true)
  reader.skipTags()
  return { nodeId, host, port, rack }
}

function decodeFetchResponse(reader: Reader, version: number): FetchResponse {
  assert(version >= 4 && version <= 18, 'a version of FetchResponse')
  const flexible = version >= 12
  const throttleTimeMs = reader.int32()
  const errorCode = version >= 7 ? reader.int16() : 0
  const sessionId = version >= 7 ? reader.int32() : 0
  const responses = reader.array(flexible, 3, version, decodeFetchableTopicResponse)
  let nodeEndpoints: readonly NodeEndpoint[] = []
  if (flexible) {
    for (let left = reader.tagCount(); left > 0; left--) {
      const tag = reader.unsignedVarint()
      const outer = reader.enterTag()
      if (tag === 0 && version >= 16) nodeEndpoints = reader.array(flexible, 11, version, decodeNodeEndpoint)
      else reader.skipRest()
      reader.leave(outer)
    }
  }
  return { throttleTimeMs, errorCode, sessionId, responses, nodeEndpoints }
}

function encodeEpochEndOffset(
  writer: Writer,
  _version: number,
  _flexible: boolean,
  message: EpochEndOffsetInput,
): void {
  const { epoch = -1, endOffset = -1 } = message
  writer.int32(epoch)
  writer.int64(endOffset)
  writer.unsignedVarint(0)
}

function isDefaultEpochEndOffset(message: EpochEndOffsetInput): boolean {
  const { epoch = -1, endOffset = -1 } = message
  return !(epoch !== -1 || endOffset !== -1)
}

function encodeLeaderIdAndEpoch(
  writer: Writer,
  _version: number,
  _flexible: boolean,
  message: LeaderIdAndEpochInput,
): void {
  const { leaderId = -1, leaderEpoch = -1 } = message
  writer.int32(leaderId)
  writer.int32(leaderEpoch)
  writer.unsignedVarint(0)
}

function isDefaultLeaderIdAndEpoch(message: LeaderIdAndEpochInput): boolean {
  const { leaderId = -1, leaderEpoch = -1 } = message
  return !(leaderId !== -1 || leaderEpoch !== -1)
}

function encodeSnapshotId(
  writer: Writer,
  _version: number,
  _flexible: boolean,
  message: SnapshotIdInput,
): void {
  const { endOffset = -1, epoch = -1 } = message
  writer.int64(endOffset)
  writer.int32(epoch)
  writer.unsignedVarint(0)
}

function isDefaultSnapshotId(message: SnapshotIdInput): boolean {
  const { endOffset = -1, epoch = -1 } = message
  return !(endOffset !== -1 || epoch !== -1)
}

function encodeAbortedTransaction(
  writer: Writer,
  _version: number,
  flexible: boolean,
  message: AbortedTransaction,
): void {
  const { producerId, firstOffset } = message
  writer.int64(producerId)
  writer.int64(firstOffset)
  if (flexible) writer.unsignedVarint(0)
}

function encodePartitionData(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: PartitionDataInput,
): void {
  const {
    partitionIndex,
    errorCode,
    highWatermark,
    lastStableOffset = -1,
    logStartOffset = -1,
    divergingEpoch = defaultEpochEndOffset,
    currentLeader = defaultLeaderIdAndEpoch,
    snapshotId = defaultSnapshotId,
    abortedTransactions = [],
    preferredReadReplica = -1,
    records,
  } = message
  writer.int32(partitionIndex)
  writer.int16(errorCode)
  writer.int64(highWatermark)
  writer.int64(lastStableOffset)
  if (version >= 5) writer.int64(logStartOffset)
  writer.nullableArray(flexible, abortedTransactions, version, encodeAbortedTransaction)
  if (version >= 11) writer.int32(preferredReadReplica)
  else if (preferredReadReplica !== -1)
    writer.unsupported('FetchResponse.PartitionData.preferredReadReplica', version)
  writer.nullableBytes(flexible, records)
  if (version < 12 && !isDefaultEpochEndOffset(divergingEpoch))
    writer.unsupported('FetchResponse.PartitionData.divergingEpoch', version)
  if (version < 12 && !isDefaultLeaderIdAndEpoch(currentLeader))
    writer.unsupported('FetchResponse.PartitionData.currentLeader', version)
  if (version < 12 && !isDefaultSnapshotId(snapshotId))
    writer.unsupported('FetchResponse.PartitionData.snapshotId', version)
  if (flexible) {
    let tags = 0
    if (!isDefaultEpochEndOffset(divergingEpoch)) tags++
    if (!isDefaultLeaderIdAndEpoch(currentLeader)) tags++
    if (!isDefaultSnapshotId(snapshotId)) tags++
    writer.unsignedVarint(tags)
    if (!isDefaultEpochEndOffset(divergingEpoch)) {
      const size = writer.enterTag(0)
      encodeEpochEndOffset(writer, version, flexible, divergingEpoch)
      writer.leaveTag(size)
    }
    if (!isDefaultLeaderIdAndEpoch(currentLeader)) {
      const size = writer.enterTag(1)
      encodeLeaderIdAndEpoch(writer, version, flexible, currentLeader)
      writer.leaveTag(size)
    }
    if (!isDefaultSnapshotId(snapshotId)) {
      const size = writer.enterTag(2)
      encodeSnapshotId(writer, version, flexible, snapshotId)
      writer.leaveTag(size)
    }
  }
}

function encodeFetchableTopicResponse(
  writer: Writer,
  version: number,
  flexible: boolean,
  message: FetchableTopicResponseInput,
): void {
  const { topic = '', topicId = zeroUuid, partitions } = message
  if (version <= 12) writer.string(flexible, topic)
  if (version >= 13) writer.uuid(topicId)
  writer.array(flexible, partitions, version, encodePartitionData)
  if (flexible) writer.unsignedVarint(0)
}

function encodeNodeEndpoint(
  writer: Writer,
  _version: number,
  _flexible: boolean,
  message: NodeEndpointInput,
): void {
  const { nodeId, host, port, rack = null } = message
  writer.int32(nodeId)
  writer.string(true, host)
  writer.int32(port)
  writer.nullableString(true, rack)
  writer.unsignedVarint(0)
}

function encodeFetchResponse(writer: Writer, version: number, message: FetchResponseInput): void {
  assert(version >= 4 && version <= 18, 'a version of FetchResponse')
  const flexible = version >= 12
  const {
    throttleTimeMs = 0,
    errorCode = 0,
    sessionId = 0,
    responses,
    nodeEndpoints = [],
  } = message
  writer.int32(throttleTimeMs)
  if (version >= 7) writer.int16(errorCode)
  if (version >= 7) writer.int32(sessionId)
  else if (sessionId !== 0) writer.unsupported('FetchResponse.sessionId', version)
  writer.array(flexible, responses, version, encodeFetchableTopicResponse)
  if (version < 16 && nodeEndpoints.length > 0)
    writer.unsupported('FetchResponse.nodeEndpoints', version)
  if (flexible) {
    let tags = 0
    if (version >= 16 && nodeEndpoints.length > 0) tags++
    writer.unsignedVarint(tags)
    if (version >= 16 && nodeEndpoints.length > 0) {
      const size = writer.enterTag(0)
      writer.array(flexible, nodeEndpoints, version, encodeNodeEndpoint)
      writer.leaveTag(size)
    }
  }
}

/** Codec of {@link FetchResponse}. */
export const fetchResponse: MessageCodec<FetchResponse, FetchResponseInput> = {
  name: 'FetchResponse',
  versionMin: 4,
  versionMax: 18,
  flexibleMin: 12,
  decode: decodeFetchResponse,
  encode: encodeFetchResponse,
}

/** The Fetch API. */
export const fetchApi: Api<FetchRequest, FetchRequestInput, FetchResponse, FetchResponseInput> = {
  key: 1,
  name: 'Fetch',
  request: fetchRequest,
  response: fetchResponse,
}
