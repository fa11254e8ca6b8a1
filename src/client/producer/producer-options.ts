import { assert } from '../../base/assert.ts'
import { accepted, milliseconds, oneOf, type Rules, wholeNumber } from '../../base/option-rule.ts'
import type { Payload } from '../../record/record.ts'
import type { Serializer } from '../../record/serializer.ts'
import { ConfigError } from '../error.ts'
import { checkOptions } from '../options/check-options.ts'
import {
  type CheckedConnectionOptions,
  type ConnectionOptions,
  connectionRules,
} from '../options/connection-options.ts'
import { type OpenTelemetryApi, openTelemetryRule } from '../tracing/opentelemetry.ts'
import type { CompressionName } from './compressor.ts'
import type { DeliveryReportCallback } from './delivery-report.ts'
import type { PartitionerOption } from './partitioner/partitioner.ts'
import type { ProducerSettings } from './producer-settings.ts'
import { batchesInFlightMax } from './sequences.ts'

/**
 * Options of a producer. Names and defaults are those of Kafka's Java client unless the option says
 * otherwise.
 *
 * @example
 * ```ts
 * import { Producer, serializers } from 'odradek/client'
 *
 * const producer = new Producer({
 *   bootstrapServers: ['127.0.0.1:9092'],
 *   valueSerializer: serializers.json,
 *   compressionType: 'zstd',
 *   onDelivery: ({ topic, recordsCount, error }) => console.log(topic, recordsCount, error?.code),
 * })
 * await producer.close()
 * ```
 */
export interface ProducerOptions<K = Payload, V = Payload> extends ConnectionOptions {
  /** Makes keys of what records have; without it they are strings or bytes. */
  readonly keySerializer?: Serializer<K>
  /** Makes values of what records have; without it they are strings or bytes. */
  readonly valueSerializer?: Serializer<V>
  /**
   * Told of each batch with records of `enqueue`. What it throws changes nothing for the records;
   * it rejects the next `flush()` or `close()`, as a `ConfigError` with it as its cause.
   */
  readonly onDelivery?: DeliveryReportCallback
  /** `all` in-sync replicas have the record (unless given), the leader (1), or nobody says (0). */
  readonly acks?: 'all' | 0 | 1
  /**
   * Each record is stored once and in order whatever is tried again. True unless `acks` or
   * `retries` rule it out; true given beside those is an error.
   */
  readonly enableIdempotence?: boolean
  /** Requests to a broker at a time; 5 unless given, which is the most with idempotence. */
  readonly maxInFlight?: number
  /** Largest batch in bytes; 262,144 unless given: memory is taken only as a batch grows. */
  readonly batchSize?: number
  /** How long a batch waits to be filled, in ms; 0 unless given: requests under way fill it. */
  readonly lingerMs?: number
  /** Bytes of all batches together; 33,554,432 unless given. */
  readonly bufferMemory?: number
  /** The longest that a record waits for memory or for its topic, in ms; 60,000 unless given. */
  readonly maxBlockMs?: number
  /** Largest request, and largest record, in bytes before compression; 1,048,576 unless given. */
  readonly maxRequestSize?: number
  /** From a record's batch to its outcome, in ms; 120,000 unless given. */
  readonly deliveryTimeoutMs?: number
  /** How often a batch is tried again within that time; 2,147,483,647 unless given. */
  readonly retries?: number
  /** `none` unless given. */
  readonly compressionType?: CompressionName
  /** Of gzip from 1 to 9, of zstd from -131,072 to 22; the library's own unless given. */
  readonly compressionLevel?: number
  /**
   * The program's `@opentelemetry/api`: sends become spans, whose context travels in the records'
   * headers. Without it nothing is traced, and nothing loaded.
   */
  readonly opentelemetry?: OpenTelemetryApi
  /** How records find their partition; see {@link PartitionerOption}. */
  readonly partitioner?: PartitionerOption
}

interface CheckedProducerOptions extends CheckedConnectionOptions {
  readonly keySerializer: Serializer<never> | undefined
  readonly valueSerializer: Serializer<never> | undefined
  readonly onDelivery: DeliveryReportCallback | undefined
  readonly acks: 'all' | 0 | 1
  readonly enableIdempotence: boolean | undefined
  readonly maxInFlight: number
  readonly batchSize: number
  readonly lingerMs: number
  readonly bufferMemory: number
  readonly maxBlockMs: number
  readonly maxRequestSize: number
  readonly deliveryTimeoutMs: number | undefined
  readonly retries: number
  readonly compressionType: CompressionName
  readonly compressionLevel: number | undefined
  readonly opentelemetry: OpenTelemetryApi | undefined
  readonly partitioner: PartitionerOption
}

const int32Max = 2 ** 31 - 1
const isFunction = (value: unknown): boolean => typeof value === 'function'
const names: readonly unknown[] = ['default', 'sticky', 'round-robin']

const rules: Rules<CheckedProducerOptions> = {
  ...connectionRules,
  keySerializer: accepted('a function', isFunction, undefined),
  valueSerializer: accepted('a function', isFunction, undefined),
  onDelivery: accepted('a function', isFunction, undefined),
  acks: oneOf(['all', 0, 1], 'all'),
  enableIdempotence: accepted('true or false', (value) => typeof value === 'boolean', undefined),
  maxInFlight: wholeNumber('requests', { byDefault: 5, min: 1, max: 1_000_000 }),
  batchSize: wholeNumber('bytes', { byDefault: 256 * 1024, min: 1, max: int32Max }),
  lingerMs: milliseconds(0),
  bufferMemory: wholeNumber('bytes', { byDefault: 32 * 1024 * 1024, min: 1 }),
  maxBlockMs: milliseconds(60_000),
  maxRequestSize: wholeNumber('bytes', { byDefault: 1024 * 1024, min: 1, max: int32Max }),
  deliveryTimeoutMs: { ...milliseconds(120_000, { min: 1 }), byDefault: undefined },
  retries: wholeNumber('retries', { byDefault: int32Max, max: int32Max }),
  compressionType: oneOf(['none', 'gzip', 'snappy', 'lz4', 'zstd'], 'none'),
  compressionLevel: accepted('a whole number', Number.isInteger, undefined),
  opentelemetry: openTelemetryRule,
  partitioner: accepted<PartitionerOption>(
    "'default', 'sticky', 'round-robin' or a function",
    (value) => names.includes(value) || isFunction(value),
    'default',
  ),
}

const deliveryTimeoutMsDefault = 120_000

/** Levels that a codec has; those without take none. */
const levels: Partial<Record<CompressionName, readonly [number, number]>> = {
  gzip: [1, 9],
  zstd: [-131_072, 22],
}

/**
 * Checks the options of a producer.
 *
 * @throws {ConfigError} one that is unknown, out of its range, or at odds with another.
 */
export function checkProducerOptions<K, V>(
  options: ProducerOptions<K, V>,
): { readonly settings: ProducerSettings; readonly connection: CheckedConnectionOptions } {
  const checked = checkOptions<CheckedProducerOptions>('Producer', rules, options)
  const { acks, compressionType: compression, compressionLevel, enableIdempotence } = checked
  const level = levels[compression]
  if (compressionLevel !== undefined) {
    const isLevel =
      level !== undefined && compressionLevel >= level[0] && compressionLevel <= level[1]
    const range = level === undefined ? 'it has none' : `it has ${level[0]} to ${level[1]}`
    if (!isLevel)
      throw new ConfigError(`${compression} has no level ${compressionLevel}; ${range}.`)
  }
  const settings: ProducerSettings = {
    ...checked,
    acks: acks === 'all' ? -1 : acks,
    idempotence: idempotence(checked, enableIdempotence),
    deliveryTimeoutMs: deliveryTimeoutMs(checked),
    compression,
  }
  const { idempotence: isIdempotent, maxInFlight } = settings
  assert(!isIdempotent || (settings.acks === -1 && maxInFlight <= 5), 'idempotence is possible')
  assert(settings.deliveryTimeoutMs >= settings.lingerMs, 'what lingers is sent in time')
  return { settings, connection: checked }
}

function idempotence(options: CheckedProducerOptions, wish: boolean | undefined): boolean {
  if (wish === false) return false
  const { acks, retries, maxInFlight } = options
  if (maxInFlight > batchesInFlightMax) {
    const what = `maxInFlight is ${maxInFlight}; idempotence allows ${batchesInFlightMax} at most`
    throw new ConfigError(`${what}: lower it, or set enableIdempotence to false.`)
  }
  const isPossible = acks === 'all' && retries > 0
  if (wish === true && !isPossible) {
    throw new ConfigError("enableIdempotence needs acks 'all' and retries above 0.")
  }
  return isPossible
}

function deliveryTimeoutMs(options: CheckedProducerOptions): number {
  const { deliveryTimeoutMs: wish, lingerMs, requestTimeoutMs } = options
  const least = lingerMs + requestTimeoutMs
  if (wish === undefined) return Math.max(deliveryTimeoutMsDefault, least)
  if (wish >= least) return wish
  const what = `deliveryTimeoutMs is ${wish}`
  throw new ConfigError(`${what}; it has to be lingerMs and requestTimeoutMs (${least}) at least.`)
}
