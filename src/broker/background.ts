/** What a running broker does beside answering: it tries again, and loads what could wait. */
import type { Timers } from '../base/clock.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { GroupService } from './group-service.ts'
import type { Router } from './router.ts'
import type { RunningParts } from './running-parts.ts'
import type { TopicLogs } from './topic-logs.ts'

/** Of a running broker, what its background works with. */
export interface BackgroundContext {
  readonly environment: { readonly timers: Timers }
  readonly parts: RunningParts
  readonly router: Router
  readonly logger: Logger
}

/** Between attempts to open what a full disk or a full table of descriptors refused, in ms. */
const retryMs = 5_000

/** Opens partitions later that could not be opened now, until the broker stops. */
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

/** The first client's requests come before this, in ms: they load only what they need. */
const backgroundDelayMs = 100

/** Loads what the first answers need not wait for: handlers, and groups left by the last stop. */
export function finishInBackground(
  { environment, router, logger, parts }: BackgroundContext,
  groups: GroupService,
): void {
  const { timers } = environment
  const timer = timers.setTimeout(() => {
    groups.load().catch((error: unknown) => logger.error('Groups could not be loaded', error))
    router.loadAll().catch((error: unknown) => {
      logger.error('A handler cannot be loaded yet; its requests will try again', error)
    })
  }, backgroundDelayMs)
  parts.add('background loading', async () => timers.clear(timer))
}
