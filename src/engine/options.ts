/** What an engine is started with, checked by whoever starts it. */
import type { Clock, Timers } from '../base/clock.ts'
import type { Random } from '../base/random.ts'
import type { BrokerConfig } from '../metadata/config/broker-config.ts'
import type { ListenerImage } from '../metadata/image.ts'
import type { LogStore } from '../storage/log-store.ts'
import type { Loggers } from '../telemetry/loggers.ts'

/** Where an engine keeps what it has; absolute paths. */
export interface DirectorySettings {
  /** The log directories, as they are named; each once, at least one. */
  readonly data: readonly string[]
  /** Where the metadata log lies: mostly the first of them, possibly none of them. */
  readonly metadata: string
}

/** Who the node is, where its data lies and how it is configured. */
export interface EngineSettings {
  readonly config: BrokerConfig
  readonly nodeId: number
  /** Undefined: the directory's own, or a new one for a new directory. */
  readonly clusterId: string | undefined
  readonly directories: DirectorySettings
}

/** How a node that can be reached registers; without sockets it stays as it last registered. */
export interface EngineAddress {
  readonly rack: string | null
  /** Where clients reach it. */
  readonly listeners: readonly ListenerImage[]
  /** Where other controllers would reach this one. */
  readonly controllerListener: ListenerImage
}

/** How a log directory is kept; times in ms. */
export interface StoreOptions {
  readonly checkpointIntervalMs: number
  /** Of the folder of a deleted partition. */
  readonly fileDeleteDelayMs: number
  /** Between two looks for idle producers. */
  readonly producerCheckIntervalMs: number
  /** Descriptors for the segments that are written, and as many for older ones that are read. */
  readonly openFilesMax: number
  /** With so many of the former produced data wait until some are synced and closed. */
  readonly openFilesBurst: number
}

/** What an engine runs on. */
export interface EngineEnvironment {
  readonly clock: Clock
  readonly timers: Timers
  readonly random: Random
  /** Opens a log directory. */
  readonly openStore: (path: string, options: StoreOptions) => Promise<LogStore>
}

/** See {@link Engine.start}. */
export interface EngineOptions {
  readonly settings: EngineSettings
  readonly environment: EngineEnvironment
  readonly loggers: Loggers
  readonly address?: EngineAddress
}
