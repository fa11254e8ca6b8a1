/** What the package offers to programs that talk to a cluster: the entry `odradek/client`. */

export type { ProducerState } from '../protocol/generated/61-describe-producers.ts'
export type { ListedTransaction } from '../protocol/generated/66-list-transactions.ts'
export type { HeaderPair, HeadersInput, RecordHeader } from '../record/headers.ts'
export type { ConsumerRecord, Payload, ProducerRecord, RecordMetadata } from '../record/record.ts'
export {
  type Deserializer,
  deserializers,
  type Serializer,
  serializers,
} from '../record/serializer.ts'
export type { OAuthToken, SaslOptions } from '../security/index.ts'
export type { Acl, AclFilter } from './admin/acls.ts'
export { Admin } from './admin/admin.ts'
export { AdminError } from './admin/admin-error.ts'
export type { AdminOptions } from './admin/admin-options.ts'
export type {
  BrokerDescription,
  ClusterDescription,
  FeaturesDescription,
  FeatureUpdate,
  QuorumDescription,
} from './admin/brokers.ts'
export type {
  ConfigAlteration,
  ConfigChange,
  ConfigDescription,
  ConfigEntry,
  ConfigResource,
  ConfigResourceType,
  ConfigSource,
} from './admin/configs.ts'
export type {
  GroupOffset,
  NewGroupOffset,
  ResetOffset,
  ResetTarget,
} from './admin/group-offsets.ts'
export type {
  GroupDescription,
  GroupListing,
  GroupMember,
  MemberToRemove,
} from './admin/groups.ts'
export type { LogDirDescription, LogDirPartition, ReplicaMove } from './admin/log-dirs.ts'
export type {
  QuotaAlteration,
  QuotaDescription,
  QuotaEntity,
  QuotaFilter,
} from './admin/quotas.ts'
export type {
  DeletedRecords,
  FoundOffset,
  OffsetPlace,
  OffsetQuery,
  PartitionProducers,
  RecordsToDelete,
} from './admin/records.ts'
export type {
  ElectionResult,
  ElectionType,
  OngoingReassignment,
  Reassignment,
} from './admin/replicas.ts'
export type { ScramAlteration, ScramCredentials } from './admin/scram-users.ts'
export type { PartitionDescription, TopicDescription } from './admin/topic-descriptions.ts'
export type {
  CreatedTopic,
  NewPartitions,
  NewTopic,
  TopicListing,
} from './admin/topics.ts'
export type { TransactionDescription } from './admin/transactions.ts'
export type {
  AssignableMember,
  AssignmentRequest,
  Assignor,
  MemberAssignment,
  PartitionRacks,
  RebalanceProtocol,
} from './consumer/assignor/assignor.ts'
export type { AssignorName } from './consumer/assignor/builtin.ts'
export type { OffsetToCommit } from './consumer/commit.ts'
export { Consumer, type ConsumerStatistics, type PartitionStatistics } from './consumer/consumer.ts'
export type { ConsumerOptions } from './consumer/consumer-options.ts'
export type { OnDeserializeError, RawRecord } from './consumer/consumer-settings.ts'
export type { CommittedOffset, TimedOffset } from './consumer/offset-queries.ts'
export type { OffsetReset } from './consumer/offset-reset.ts'
export type { RecordHandler, RunOrder } from './consumer/ordered-run.ts'
export { type RebalanceEvent, rebalanceChannelName } from './consumer/rebalance-channel.ts'
export type { RebalanceHooks } from './consumer/rebalance-hooks.ts'
export type { ConsumerBatch, PollOptions, RunOptions } from './consumer/record-stream.ts'
export type { TopicFilter } from './consumer/subscription.ts'
export {
  BufferError,
  ClientError,
  type ClientErrorOptions,
  ClosedError,
  ConfigError,
  NetworkError,
  ProtocolError,
  SerializationError,
  TimeoutError,
} from './error.ts'
export type { ClusterStatistics } from './network/cluster.ts'
export {
  type RequestEvent,
  type RequestStatistics,
  requestChannelName,
} from './network/request-log.ts'
export type { ConnectionOptions } from './options/connection-options.ts'
export type { CompressionName } from './producer/compressor.ts'
export type { DeliveryReport, DeliveryReportCallback } from './producer/delivery-report.ts'
export type {
  PartitionedRecord,
  PartitionerOption,
  PartitionFunction,
} from './producer/partitioner/partitioner.ts'
export { Producer, type ProducerStatistics } from './producer/producer.ts'
export type { ProducerOptions } from './producer/producer-options.ts'
export { SendError } from './producer/send-error.ts'
export type { TopicPartition } from './topic-partition.ts'
export type { OpenTelemetryApi } from './tracing/opentelemetry.ts'
export { recordCarrier } from './tracing/record-carrier.ts'
