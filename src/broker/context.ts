import type { Clock, Timers } from '../base/clock.ts'
import type { Controller } from '../controller/controller.ts'
import type { CleanerStatistics } from '../engine/compaction/cleaner-figures.ts'
import type { DataDirectories } from '../engine/data-directories.ts'
import type { TopicLogs } from '../engine/topic-logs.ts'
import type { BrokerConfig } from '../metadata/config/broker-config.ts'
import type { MetadataImage } from '../metadata/image.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Loggers } from '../telemetry/loggers.ts'
import type { FlowControl } from './flow-control.ts'
import type { GroupService } from './group-service.ts'
import type { Advertiser } from './listeners.ts'
import type { BatchOpener } from './open-batch/batch-opener.ts'
import type { ProducerIds } from './producer-ids.ts'
import type { TopicCreator } from './topic-creator.ts'

/** What a running broker offers to its handlers. */
export interface BrokerContext {
  readonly nodeId: number
  readonly clusterId: string
  readonly clock: Clock
  readonly timers: Timers
  readonly logger: Logger
  /** All loggers, for who changes their levels. */
  readonly loggers: Loggers
  readonly controller: Controller
  readonly groups: GroupService
  readonly logs: TopicLogs
  readonly directories: Pick<DataDirectories, 'describe' | 'pathOf'>
  readonly topics: TopicCreator
  readonly producerIds: ProducerIds
  readonly advertiser: Advertiser
  readonly batchOpener: BatchOpener
  readonly flow: Pick<FlowControl, 'mutationQuota' | 'unknownHosts'>
  /** Figures of compaction, once it has begun. */
  cleaner(): CleanerStatistics | undefined
  /** The newest image that is committed. */
  image(): MetadataImage
  /** The configuration in force, with what the metadata log sets. */
  config(): BrokerConfig
}
