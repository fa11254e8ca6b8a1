/** What a running broker does after its first answers. */
import type { Timers } from '../base/clock.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { BrokerParts } from './broker.ts'
import type { GroupService } from './group-service.ts'
import type { Router } from './router.ts'

/** Of a running broker, what its background works with. */
export interface BackgroundContext {
  readonly environment: { readonly timers: Timers }
  readonly parts: BrokerParts
  readonly router: Router
  readonly logger: Logger
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
