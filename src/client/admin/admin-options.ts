import { milliseconds, type Rules } from '../../base/option-rule.ts'
import {
  type CheckedConnectionOptions,
  type ConnectionOptions,
  connectionRules,
} from '../options/connection-options.ts'

/** What an `Admin` may be told. */
export interface AdminOptions extends ConnectionOptions {
  /** For a whole call with all its attempts, in ms; 60,000 unless given. */
  readonly defaultApiTimeoutMs?: number
}

/** {@link AdminOptions}, checked and with its defaults. */
export interface CheckedAdminOptions extends CheckedConnectionOptions {
  readonly defaultApiTimeoutMs: number
}

/** The rules of {@link AdminOptions}. An idle connection of Kafka's admin closes earlier. */
export const adminRules: Rules<CheckedAdminOptions> = {
  ...connectionRules,
  connectionsMaxIdleMs: milliseconds(300_000, { min: 1, orInfinity: true }),
  defaultApiTimeoutMs: milliseconds(60_000, { min: 1 }),
}
