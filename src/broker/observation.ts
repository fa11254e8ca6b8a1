/**
 * A running broker as its operator looks at it: whether it is well, and what there is to count.
 * Reads what lies in memory; changes nothing and waits for no disk.
 */
import type { LogStore } from '../storage/log-store.ts'
import type { DataDirectories } from './data-directories.ts'

/** Whether a broker can do its work. */
export interface BrokerHealth {
  /** It takes requests: it has started and is not stopping. */
  readonly serving: boolean
  /** What keeps it from doing all its work, a sentence each. */
  readonly problems: readonly string[]
}

/** A log directory of a running broker. */
export interface DirectoryState {
  /** Absolute. */
  readonly path: string
  /** Why it is not used, empty while it is. */
  readonly offlineReason: string
  /** Bytes that its disk has left; undefined where nobody can tell. */
  readonly freeBytes: number | undefined
}

/** What is looked at. */
export interface ObservedBroker {
  readonly directories: DataDirectories
  readonly isServing: () => boolean
}

/** See the head of this file. All calls on the Node thread. */
export class BrokerObservation {
  readonly #broker: ObservedBroker

  constructor(broker: ObservedBroker) {
    this.#broker = broker
  }

  /** Whether it serves, and all its log directories with it. */
  health(): BrokerHealth {
    const offline = this.directories().filter(({ offlineReason }) => offlineReason !== '')
    const problems = offline.map(({ path, offlineReason }) => `${path}: ${offlineReason}`)
    return { serving: this.#broker.isServing(), problems }
  }

  /** Its log directories, also those that could not be opened at the start. */
  directories(): DirectoryState[] {
    const { directories } = this.#broker
    const missing = directories.missing().map((path) => {
      return { path, offlineReason: 'it could not be opened at the start', freeBytes: undefined }
    })
    return [...directories.stores().map(stateOf), ...missing]
  }
}

function stateOf(store: LogStore): DirectoryState {
  const offlineReason = store.offlineReason()
  const isOnline = offlineReason === ''
  return { path: store.path, offlineReason, freeBytes: isOnline ? store.freeBytes() : undefined }
}
