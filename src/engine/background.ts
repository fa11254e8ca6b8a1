/** What a running engine does by itself: it opens later what it could not, and compacts logs. */
import type { Clock, Timers } from '../base/clock.ts'
import type { Controller } from '../controller/controller.ts'
import type { BrokerConfig } from '../metadata/config/broker-config.ts'
import type { Loggers } from '../telemetry/loggers.ts'
import type { CleanerStatistics } from './compaction/cleaner-figures.ts'
import type { LogCleaner } from './compaction/log-cleaner.ts'
import type { DataDirectories } from './data-directories.ts'
import type { EngineParts } from './engine.ts'
import { importLate } from './late-import.ts'
import type { TopicLogs } from './topic-logs.ts'

/** What it works with. */
export interface BackgroundContext {
  readonly environment: { readonly clock: Clock; readonly timers: Timers }
  readonly parts: EngineParts
  readonly loggers: Loggers
}

/** Between attempts to open what a full disk or a full table of descriptors refused, in ms. */
const retryMs = 5_000

/** Opens partitions later that could not be opened now, until the engine is closed. */
export function retryInBackground(
  { environment, parts }: Pick<BackgroundContext, 'environment' | 'parts'>,
  logs: TopicLogs,
): void {
  const { timers } = environment
  const arm = (): unknown => timers.setTimeout(() => void logs.retry().then(rearm), retryMs)
  const rearm = (): void => {
    timer = timer === undefined ? undefined : arm()
  }
  let timer: unknown = arm()
  parts.add('retries', async () => {
    timers.clear(timer)
    timer = undefined
  })
}

/**
 * Compacts logs until the engine is closed, from the first `log.cleaner.backoff.ms` on, unless
 * `log.cleaner.enable` is off. Before that nothing of it is loaded. Returns what reads its figures,
 * undefined as long as it is not there.
 */
export function compactInBackground(
  { environment, parts, loggers }: BackgroundContext,
  directories: DataDirectories,
  controller: Controller,
  config: () => BrokerConfig,
): () => CleanerStatistics | undefined {
  let running: LogCleaner | undefined
  if (!config().flag('log.cleaner.enable')) return () => undefined
  const { clock, timers } = environment
  const logger = loggers.of('odradek.cleaner')
  let starting: Promise<LogCleaner | undefined> | undefined
  /** Names of topics that came or went before the cleaner was there. */
  const early = new Set<string>()
  const start = async (): Promise<LogCleaner | undefined> => {
    const [{ LogCleaner }, { CleanerThread }] = await importLate(() =>
      Promise.all([
        import('./compaction/log-cleaner.ts'),
        import('./compaction/cleaner-thread.ts'),
      ]),
    )
    running = new LogCleaner({
      newNames: [...early],
      find: (topic, partition) => directories.find(topic, partition),
      storeOf: (topic, partition) => directories.storeOf(topic, partition),
      stores: () => directories.stores().filter((store) => store.offlineReason() === ''),
      newThread: () => new CleanerThread(timers),
      image: () => controller.image,
      config,
      clock,
      timers,
      logger,
    })
    return running
  }
  const tryStart = (): void => {
    starting = start().catch((error: unknown) => {
      logger.error('Compaction cannot be loaded yet; it is tried again', error)
      timer = timers.setTimeout(tryStart, config().number('log.cleaner.backoff.ms'))
      return undefined
    })
  }
  let timer = timers.setTimeout(tryStart, config().number('log.cleaner.backoff.ms'))
  parts.add('log cleaner', async () => {
    timers.clear(timer)
    const cleaner = await starting
    timers.clear(timer)
    await cleaner?.stop()
  })
  controller.subscribe(async (_, { createdTopics, deletedTopics, changedConfigs }) => {
    const names = [...createdTopics, ...deletedTopics].map(({ name }) => name)
    const cleaner = await starting
    if (cleaner === undefined) for (const name of names) early.add(name)
    if (names.length > 0) await cleaner?.forget(names)
    if (changedConfigs.size > 0) cleaner?.configured()
  })
  return () => running?.statistics()
}
