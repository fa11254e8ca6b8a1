import type { Clock, Timers } from '../base/clock.ts'
import type { HostPort } from '../base/endpoint.ts'
import type { Random } from '../base/random.ts'
import type { DataPlane, DataPlaneEvents, DataPlaneOptions } from '../storage/data-plane.ts'
import type { LogStore } from '../storage/log-store.ts'
import type { Logger } from '../telemetry/logger.ts'

/** How a broker is started. Everything has a default. */
export interface BrokerOptions {
  /**
   * Where to listen, `HOST:PORT`; port 0 takes a free one. A name is bound on every address that it
   * has. Default: the config `listeners`, else `localhost:9092`.
   */
  readonly listen?: string | readonly string[]
  /** What clients are told to connect to, `HOST:PORT`. Default: what they connected to. */
  readonly advertise?: string
  /** Default: the config `log.dirs`, else `./odradek-data`. Made if it does not exist. */
  readonly dataDirectory?: string
  /** The cluster's id: given to a new directory, compared with that of an old one. */
  readonly clusterId?: string
  /** Broker configs by Kafka's names; they win over `configFile`. */
  readonly config?: Readonly<Record<string, string>>
  /** A file in the format of Kafka's `server.properties`: its name for messages, and its text. */
  readonly configFile?: { readonly name: string; readonly text: string }
  /** Default: says nothing. */
  readonly logger?: Logger
  /** What the broker runs on; for tests. Default: the machine. */
  readonly environment?: Partial<BrokerEnvironment>
}

/** What a broker runs on. */
export interface BrokerEnvironment {
  readonly clock: Clock
  readonly timers: Timers
  readonly random: Random
  /** Opens a log directory. */
  readonly openStore: (path: string, options: StoreOptions) => Promise<LogStore>
  /** Starts the threads that own the sockets. */
  readonly startDataPlane: (options: DataPlaneOptions, events: DataPlaneEvents) => DataPlane
  /**
   * Every numeric address of a host name, the preferred one first; of the empty name the one that
   * takes connections on all addresses of the machine.
   */
  readonly resolve: (host: string) => Promise<readonly string[]>
}

/** How a log directory is kept; times in ms. */
export interface StoreOptions {
  readonly checkpointIntervalMs: number
  /** Of the folder of a deleted partition. */
  readonly fileDeleteDelayMs: number
}

/** Where a running broker can be reached. */
export type BrokerEndpoint = HostPort
