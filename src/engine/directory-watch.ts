/** What a failure of a log directory leads to while the engine runs. */
import type { Controller } from '../controller/controller.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { DataDirectories } from './data-directories.ts'
import { reportMissing } from './open-directories.ts'

/** What a {@link watchDirectories} works with. */
export interface DirectoryWatch {
  readonly directories: DataDirectories
  readonly controller: Controller
  readonly logger: Logger
  /** The engine cannot go on, for this reason, a sentence. */
  readonly stop: (reason: string) => void
}

/**
 * Watches every directory from now on, and learns of failures before: the partitions of one that
 * fails lose their leader. Without the metadata log, or without any directory for partitions, the
 * engine has to stop, as Apache Kafka does.
 */
export function watchDirectories({ directories, controller, logger, stop }: DirectoryWatch): void {
  for (const store of directories.stores()) {
    store.onOffline((reason) => {
      if (store === directories.metadata) {
        logger.error(`The log directory ${store.path} is offline: ${reason}`)
        stop(`the log directory ${store.path} holds the metadata log and failed`)
        return
      }
      reportMissing(store.path, reason, logger)
      if (directories.online().length === 0) {
        stop('every log directory failed')
        return
      }
      controller.directoryFailed(directories.idOf(store)).catch((error: unknown) => {
        logger.error(`The failure of ${store.path} could not be told to the cluster`, error)
      })
    })
  }
}
