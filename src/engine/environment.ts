/** The machine as an engine's environment. */
import { systemClock, systemTimers } from '../base/clock.ts'
import { systemRandom } from '../base/random.ts'
import { openNativeLogStore } from '../storage/native-log-store.ts'
import type { EngineEnvironment } from './options.ts'

/** What an engine runs on unless it is told otherwise. */
export const engineEnvironment: EngineEnvironment = {
  clock: systemClock,
  timers: systemTimers,
  random: systemRandom,
  openStore: openNativeLogStore,
}
