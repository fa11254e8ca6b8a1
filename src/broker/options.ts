import type { HostPort } from '../base/endpoint.ts'
import type { EngineEnvironment } from '../engine/options.ts'
import type { EngineHolder } from '../engine/shared-engine.ts'
import type { DataPlane, DataPlaneEvents, DataPlaneOptions } from '../storage/data-plane.ts'
import type { Logger } from '../telemetry/logger.ts'

/** How a broker is started. Everything has a default. */
export interface BrokerOptions {
  /**
   * A `Log`, a `Queue` or a `Store` that this process has open: the broker serves all that is in
   * its directory, and the process goes on using it. Stopping the broker leaves it open; closing
   * the store, or what has the directory for itself, stops the broker first. One broker at a time.
   * Its directory, its identity and the configs that the log itself needs are those that it was
   * opened with; options that name them are refused.
   */
  readonly log?: EngineHolder
  /** In the place of `listen`: a port of 127.0.0.1; 0 takes a free one. */
  readonly port?: number
  /**
   * Where to listen, `HOST:PORT`; port 0 takes a free one. A name is bound on every address that it
   * has. Default: the config `listeners`, else a free port of 127.0.0.1.
   */
  readonly listen?: string | readonly string[]
  /** What clients are told to connect to, `HOST:PORT`. Default: what they connected to. */
  readonly advertise?: string
  /**
   * Where the data lies; made if it does not exist. Default: the config `log.dirs`. Without either,
   * and without `log`, the broker is one to throw away: its directory is a temporary one that goes
   * when it stops, acknowledgements wait for no disk, groups for no late member, and a topic with
   * more replicas than brokers gets what there is.
   */
  readonly dataDir?: string
  /** The cluster's id: given to a new directory, compared with that of an old one. */
  readonly clusterId?: string
  /** Broker configs by Kafka's names; they win over `configFile`. */
  readonly configs?: Readonly<Record<string, string>>
  /** Topics that are there when the start resolves, with their numbers of partitions. */
  readonly topics?: Readonly<Record<string, number | TopicOptions>>
  /**
   * A file in the format of Kafka's `server.properties`: its name for messages, and its text. With
   * one all defaults are those of the configs: `listeners` is `localhost:9092`, `log.dir`
   * `odradek-data`.
   */
  readonly configFile?: { readonly name: string; readonly text: string }
  /** Default: says nothing. */
  readonly logger?: Logger
  /** What the broker runs on; for tests. Default: the machine. */
  readonly environment?: Partial<BrokerEnvironment>
}

/** A topic that a start creates. */
export interface TopicOptions {
  /** Default: the config `num.partitions`. */
  readonly partitions?: number
  /** Topic configs by Kafka's names. */
  readonly configs?: Readonly<Record<string, string>>
}

/** What a broker runs on. */
export interface BrokerEnvironment extends EngineEnvironment {
  /** Starts the threads that own the sockets. */
  readonly startDataPlane: (options: DataPlaneOptions, events: DataPlaneEvents) => DataPlane
  /**
   * Every numeric address of a host name, the preferred one first; of the empty name the one that
   * takes connections on all addresses of the machine.
   */
  readonly resolve: (host: string) => Promise<readonly string[]>
}

/** Where a running broker can be reached. */
export type BrokerEndpoint = HostPort
