/** Opens the log directories at a start: what must not be is refused, what fails is left out. */
import { type LogStore, StorageError } from '../storage/log-store.ts'
import type { Logger } from '../telemetry/logger.ts'
import { DataDirectories, type Recovery } from './data-directories.ts'
import { claimDirectory } from './directory-claim.ts'
import type { EngineParts } from './engine.ts'
import { judgeContents, judgeDirectories } from './identity.ts'
import { openFilesBurstOfEach, openFilesMax, openFilesOfEach } from './open-files.ts'
import { refuseOpenTransactions } from './open-transactions.ts'
import type { EngineEnvironment, EngineSettings, StoreOptions } from './options.ts'

/** What {@link openDataDirectories} works with. */
export interface OpeningContext {
  readonly settings: EngineSettings
  readonly environment: EngineEnvironment
  readonly logger: Logger
  readonly parts: EngineParts
}

/**
 * Opens all directories. One that cannot be opened is told of and left out, as a disk that died;
 * the start is refused when it is the metadata log's, when it is the only one, and when the
 * directories do not belong together.
 */
export async function openDataDirectories(context: OpeningContext): Promise<DataDirectories> {
  const { settings, environment, logger, parts } = context
  const { metadata, data } = settings.directories
  const paths = [metadata, ...data.filter((path) => path !== metadata)]
  const filesMax = openFilesMax()
  const openFiles = {
    openFilesMax: openFilesOfEach(paths.length, filesMax),
    openFilesBurst: openFilesBurstOfEach(paths.length, filesMax),
  }
  const releases: (() => void)[] = []
  parts.add('claim on the directory', async () => {
    for (const release of releases) release()
  })
  for (const path of paths) releases.push(claimDirectory(path))
  await judgeDirectories(settings)
  await refuseOpenTransactions(paths)
  const monotonicMs = (): number => environment.clock.monotonicMs()
  const startedMs = monotonicMs()
  const stores = new Map<string, LogStore>()
  parts.add('data directory', () => closeAll(stores.values()))
  const failures = new Map<string, StorageError>()
  for (const path of paths) {
    try {
      stores.set(path, await openStore(path, context, openFiles))
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      failures.set(path, error)
    }
  }
  const opened = data.flatMap((path) => stores.get(path) ?? [])
  const holder = stores.get(metadata)
  if (holder === undefined || opened.length === 0) {
    throw failures.get(metadata) ?? [...failures.values()][0] ?? new Error('no directory is named')
  }
  judgeContents([...stores.values()], holder)
  for (const [path, { message }] of failures) reportMissing(path, message, logger)
  const missing = [...failures.keys()]
  return new DataDirectories({ metadata: holder, data: opened, missing, monotonicMs, startedMs })
}

/** Tells of a directory that this start goes on without. */
export function reportMissing(path: string, reason: string, logger: Logger): void {
  logger.error(`The log directory ${path} is offline, and its partitions with it: ${reason}`)
}

/** Tells what a start did in a directory that was not stopped cleanly. */
export function reportRecovery({ path, report, durationMs }: Recovery, logger: Logger): void {
  const { partitions, segmentsScanned, bytesScanned, bytesCut, indexesRebuilt } = report
  const words =
    `The last stop of ${path} was not clean: replayed ${report.journalEntries} entries ` +
    `(${report.journalBytes} bytes) of the journal, recovered ${partitions} partitions, ` +
    `read ${bytesScanned} bytes of ${segmentsScanned} segments, cut ${bytesCut} bytes, ` +
    `rebuilt ${indexesRebuilt} indexes, in ${Math.ceil(durationMs)} ms.`
  logger.info(words, { directory: path, ...report, durationMs: Math.ceil(durationMs) })
}

function openStore(
  path: string,
  { settings, environment }: OpeningContext,
  openFiles: Pick<StoreOptions, 'openFilesMax' | 'openFilesBurst'>,
): Promise<LogStore> {
  const { config } = settings
  return environment.openStore(path, {
    checkpointIntervalMs: config.number('log.flush.offset.checkpoint.interval.ms'),
    fileDeleteDelayMs: config.number('log.segment.delete.delay.ms'),
    producerCheckIntervalMs: config.number('producer.id.expiration.check.interval.ms'),
    ...openFiles,
  })
}

async function closeAll(stores: Iterable<LogStore>): Promise<void> {
  const closed = await Promise.allSettled([...stores].map((store) => store.close()))
  for (const one of closed) if (one.status === 'rejected') throw one.reason
}
