/** The options of a consumer, their rules, and the settings that they make. */
import { assert } from '../../base/assert.ts'
import {
  accepted,
  flag,
  milliseconds,
  oneOf,
  type Rule,
  type Rules,
  text,
  wholeNumber,
} from '../../base/option-rule.ts'
import type { Deserializer } from '../../record/serializer.ts'
import { clientChecksum } from '../checksum.ts'
import { ConfigError } from '../error.ts'
import { checkOptions } from '../options/check-options.ts'
import {
  type CheckedConnectionOptions,
  type ConnectionOptions,
  connectionRules,
} from '../options/connection-options.ts'
import { type OpenTelemetryApi, openTelemetryRule } from '../tracing/opentelemetry.ts'
import type { Assignor } from './assignor/assignor.ts'
import { type AssignorName, assignorNames, assignorOf } from './assignor/builtin.ts'
import type { ConsumerSettings, OnDeserializeError } from './consumer-settings.ts'
import type { OffsetReset } from './offset-reset.ts'

/**
 * What a consumer is told. Names and defaults are those of Kafka's Java client unless the option
 * says otherwise. `K` and `V` are what the deserializers make; without them, bytes.
 *
 * @example
 * ```ts
 * import { Consumer, deserializers } from 'odradek/client'
 *
 * const consumer = new Consumer({
 *   bootstrapServers: ['127.0.0.1:9092'],
 *   groupId: 'billing',
 *   autoOffsetReset: 'earliest',
 *   valueDeserializer: deserializers.json,
 * })
 * await consumer.close()
 * ```
 */
export interface ConsumerOptions<K = Buffer, V = Buffer> extends ConnectionOptions {
  /** The group; without one only `assign` works, and nothing is committed. */
  readonly groupId?: string
  /** Makes a static member: it may come back within the session without a rebalance. */
  readonly groupInstanceId?: string
  /** Whether offsets are committed without being asked. true unless given. */
  readonly enableAutoCommit?: boolean
  /** How often, in ms; 5,000 unless given. */
  readonly autoCommitIntervalMs?: number
  /** Where to begin without a committed offset; `latest` unless given. */
  readonly autoOffsetReset?: OffsetReset
  /** `read_committed` leaves out records of transactions that are open or were aborted. */
  readonly isolationLevel?: 'read_uncommitted' | 'read_committed'
  /** By name, or your own; the favourite first. `['range', 'cooperative-sticky']` unless given. */
  readonly partitionAssignors?: readonly (AssignorName | Assignor)[]
  /** Where the consumer runs: it reads from replicas of that rack where the brokers allow it. */
  readonly clientRack?: string
  /** Whether patterns leave out topics of the broker's own. true unless given. */
  readonly excludeInternalTopics?: boolean
  /** Whether asking for a topic may create it, where the broker allows that. true unless given. */
  readonly allowAutoCreateTopics?: boolean
  /** What a broker waits for before it answers a fetch, in bytes; 1 unless given. */
  readonly fetchMinBytes?: number
  /** How long it waits for that, in ms; 500 unless given. */
  readonly fetchMaxWaitMs?: number
  /** Most bytes of one answer to a fetch; 52,428,800 unless given. */
  readonly fetchMaxBytes?: number
  /** Most bytes per partition of it; 1,048,576 unless given. One batch comes in any case. */
  readonly maxPartitionFetchBytes?: number
  /** Most records of one `poll()` or batch; 500 unless given. */
  readonly maxPollRecords?: number
  /**
   * An application that asks for no record within that many ms leaves the group, 300,000 unless
   * given. Noticed up to a heartbeat later.
   */
  readonly maxPollIntervalMs?: number
  /** A member that is not heard of for so many ms is expelled; 45,000 unless given. */
  readonly sessionTimeoutMs?: number
  /** How often it is heard of, in ms; 3,000 unless given. */
  readonly heartbeatIntervalMs?: number
  /** For calls that may be tried again, in ms; 60,000 unless given. */
  readonly defaultApiTimeoutMs?: number
  /** Whether checksums of batches are compared. true unless given. */
  readonly checkCrcs?: boolean
  /** What becomes of a record that a deserializer refuses; `fail` unless given. */
  readonly onDeserializeError?: OnDeserializeError
  /**
   * The program's `@opentelemetry/api`: polls and the work on records become spans, below those
   * that sent the records. Without it nothing is traced, and nothing loaded.
   */
  readonly opentelemetry?: OpenTelemetryApi
  /** Makes keys of bytes; without it they are bytes. */
  readonly keyDeserializer?: Deserializer<K>
  /** Makes values of bytes; without it they are bytes. */
  readonly valueDeserializer?: Deserializer<V>
}

type Checked = CheckedConnectionOptions & {
  readonly groupId: string | undefined
  readonly groupInstanceId: string | undefined
  readonly enableAutoCommit: boolean
  readonly autoCommitIntervalMs: number
  readonly autoOffsetReset: OffsetReset
  readonly isolationLevel: 'read_uncommitted' | 'read_committed'
  readonly partitionAssignors: readonly Assignor[]
  readonly clientRack: string | undefined
  readonly excludeInternalTopics: boolean
  readonly allowAutoCreateTopics: boolean
  readonly fetchMinBytes: number
  readonly fetchMaxWaitMs: number
  readonly fetchMaxBytes: number
  readonly maxPartitionFetchBytes: number
  readonly maxPollRecords: number
  readonly maxPollIntervalMs: number
  readonly sessionTimeoutMs: number
  readonly heartbeatIntervalMs: number
  readonly defaultApiTimeoutMs: number
  readonly checkCrcs: boolean
  readonly onDeserializeError: OnDeserializeError
  readonly opentelemetry: OpenTelemetryApi | undefined
  readonly keyDeserializer: Deserializer<unknown> | undefined
  readonly valueDeserializer: Deserializer<unknown> | undefined
}

const int32Max = 2 ** 31 - 1

const deserializerRule: Rule<Deserializer<unknown> | undefined> = accepted<
  Deserializer<unknown> | undefined
>('a function', (value) => typeof value === 'function', undefined)

const resetRule: Rule<OffsetReset> = {
  byDefault: 'latest',
  check: (value) => {
    if (value === 'earliest' || value === 'latest' || value === 'none') return { value }
    const { durationMs } = Object(value) as { readonly durationMs?: unknown }
    if (typeof durationMs === 'number' && durationMs >= 0) return { value: { durationMs } }
    return { expected: "'earliest', 'latest', 'none' or { durationMs: MILLISECONDS }" }
  },
}

const assignorsRule: Rule<readonly Assignor[]> = {
  byDefault: [],
  check: (value) => {
    const own = 'objects with name, protocols and assign'
    const expected = `an array of ${assignorNames.join(', ')} or ${own}`
    if (!Array.isArray(value) || value.length === 0) return { expected }
    const assignors = value.map((one: unknown) => assignorFrom(one))
    if (assignors.some((one) => one === undefined)) return { expected }
    const made = assignors as Assignor[]
    assert(made.length > 0, 'an empty list was refused')
    const names = new Set(made.map(({ name }) => name))
    if (names.size < made.length) return { expected: 'assignors of different names' }
    return { value: made }
  },
}

function assignorFrom(value: unknown): Assignor | undefined {
  if (typeof value === 'string') {
    return (assignorNames as readonly string[]).includes(value)
      ? assignorOf(value as AssignorName)
      : undefined
  }
  const { name, assign, protocols } = Object(value) as Partial<Assignor>
  const isOne = typeof name === 'string' && typeof assign === 'function' && Array.isArray(protocols)
  return isOne ? (value as Assignor) : undefined
}

const rules: Rules<Checked> = {
  ...connectionRules,
  groupId: text(undefined),
  groupInstanceId: text(undefined),
  enableAutoCommit: flag(true),
  autoCommitIntervalMs: milliseconds(5_000),
  autoOffsetReset: resetRule,
  isolationLevel: oneOf(['read_uncommitted', 'read_committed'], 'read_uncommitted'),
  partitionAssignors: assignorsRule,
  clientRack: text(undefined),
  excludeInternalTopics: flag(true),
  allowAutoCreateTopics: flag(true),
  fetchMinBytes: wholeNumber('bytes', { byDefault: 1, max: int32Max }),
  fetchMaxWaitMs: milliseconds(500),
  fetchMaxBytes: wholeNumber('bytes', { byDefault: 52_428_800, max: int32Max }),
  maxPartitionFetchBytes: wholeNumber('bytes', { byDefault: 1_048_576, max: int32Max }),
  maxPollRecords: wholeNumber('records', { byDefault: 500, min: 1 }),
  maxPollIntervalMs: milliseconds(300_000, { min: 1 }),
  sessionTimeoutMs: milliseconds(45_000, { min: 1 }),
  heartbeatIntervalMs: milliseconds(3_000, { min: 1 }),
  defaultApiTimeoutMs: milliseconds(60_000),
  checkCrcs: flag(true),
  onDeserializeError: accepted<OnDeserializeError>(
    "'fail', 'skip' or a function",
    (value) => value === 'fail' || value === 'skip' || typeof value === 'function',
    'fail',
  ),
  opentelemetry: openTelemetryRule,
  keyDeserializer: deserializerRule,
  valueDeserializer: deserializerRule,
}

/** The options, checked: those of the connection, and the settings of the consumer's loop. */
export function consumerSettings(options: unknown): {
  readonly connection: CheckedConnectionOptions
  readonly allowAutoCreateTopics: boolean
  readonly settings: ConsumerSettings
  readonly opentelemetry: OpenTelemetryApi | undefined
} {
  const checked = checkOptions<Checked>('Consumer', rules, options)
  if (checked.heartbeatIntervalMs >= checked.sessionTimeoutMs) {
    const what = `heartbeatIntervalMs ${checked.heartbeatIntervalMs}`
    throw new ConfigError(
      `${what} has to be less than sessionTimeoutMs ${checked.sessionTimeoutMs}.`,
    )
  }
  const { partitionAssignors: assignors, retryBackoffMs, retryBackoffMaxMs } = checked
  const isDefault = assignors.length === 0
  assert(checked.maxPollRecords >= 1, 'a poll may return a record')
  const settings: ConsumerSettings = {
    ...checked,
    groupId: checked.groupId ?? null,
    groupInstanceId: checked.groupInstanceId ?? null,
    autoCommitIntervalMs: checked.enableAutoCommit ? checked.autoCommitIntervalMs : Infinity,
    readCommitted: checked.isolationLevel === 'read_committed',
    partitionAssignors: isDefault
      ? [assignorOf('range'), assignorOf('cooperative-sticky')]
      : assignors,
    rackId: checked.clientRack ?? null,
    retryBackoff: {
      initialMs: retryBackoffMs,
      maxMs: Math.max(retryBackoffMs, retryBackoffMaxMs),
    },
    checksum: checked.checkCrcs ? clientChecksum() : undefined,
  }
  const { allowAutoCreateTopics, opentelemetry } = checked
  return { connection: checked, allowAutoCreateTopics, settings, opentelemetry }
}
