import { formatHostPort, type HostPort } from '../../base/endpoint.ts'
import type { BrokerProcess } from '../broker/broker-process.ts'
import type { BrokerTarget, Settings } from '../broker/broker-target.ts'
import { startWarm } from '../harness/warm-start.ts'

/** A broker that a turn measures. */
export interface Subject {
  readonly host: string
  readonly port: number
  /** Its process, where it was started for this turn. */
  readonly process: BrokerProcess | undefined
  /** Whether memory was filled with page cache before it started. */
  readonly fillsMemory: boolean
  /** Stops what was started, cleanly, and removes its folder. */
  close(): Promise<void>
}

/** One of the two that are compared. */
export interface Side {
  readonly name: string
  /** A broker for one turn, with these configs where the run does not set them. */
  open(settings?: Settings): Promise<Subject>
  /** How to start one, unless it runs somewhere. */
  readonly starting: Starting | undefined
}

/** How brokers of a side are started. */
export interface Starting extends SideOptions {
  readonly target: BrokerTarget
}

/** How brokers of a run are started. */
export interface SideOptions {
  readonly settings: Settings
  readonly parent: string | undefined
  readonly cold: boolean
}

/** A start, or a stop with very many partitions, is slow on a slow machine: not a failure. */
const patienceMs = 300_000

/** A broker that is started on a folder of its own for each turn. */
export function startedSide(target: BrokerTarget, options: SideOptions): Side {
  const { settings, parent, cold } = options
  return {
    name: target.name,
    starting: { target, settings, parent, cold },
    async open(own = {}) {
      const all = { ...own, ...settings }
      const broker = await startWarm({ target, settings: all, cold, patienceMs, parent })
      return {
        host: '127.0.0.1',
        port: broker.port,
        process: broker,
        fillsMemory: !cold,
        async close() {
          try {
            if (broker.running) await broker.stop()
          } finally {
            await broker.dispose()
          }
        },
      }
    },
  }
}

/** A broker that runs somewhere: nobody starts or stops it or reads its CPU time. */
export function runningSide(at: HostPort): Side {
  const subject = { ...at, process: undefined, fillsMemory: false, close: async () => {} }
  return { name: formatHostPort(at), starting: undefined, open: async () => subject }
}
