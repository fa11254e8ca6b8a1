/** Options of stores and logs, and the rules that they are held to. */
import {
  accepted,
  checkAgainst,
  oneOf,
  type Rule,
  type Rules,
  refuseUnknown,
  text,
} from '../base/option-rule.ts'
import { codecNames } from '../compression/index.ts'
import type { EngineEnvironment } from '../engine/options.ts'
import type { Payload } from '../record/record.ts'
import type { Deserializer, Serializer } from '../record/serializer.ts'
import type { Logger } from '../telemetry/logger.ts'
import { LogError } from './log-error.ts'
import type { Durability } from './partition-writer.ts'
import type { SharedLog } from './shared-topic.ts'

/** Name of a codec, `none` among them. */
export type Compression = (typeof codecNames)[number]

/** How a store is opened. Everything has a default. */
export interface StoreOptions {
  /** Broker configs by Kafka's names, as `node.id` for a directory that a broker made. */
  readonly configs?: Readonly<Record<string, string>>
  /** Default: says nothing. */
  readonly logger?: Logger
  /** What it runs on; for tests. Default: the machine. */
  readonly environment?: Partial<EngineEnvironment>
}

/**
 * How a log is opened. What belongs to the log itself, its number of partitions, `durability`,
 * `compression` and `configs`, is kept with it: it holds at later openings that leave it out, and
 * for a broker that serves the directory.
 */
export interface LogOptions<
  KeyIn = Payload,
  ValueIn = Payload,
  KeyOut = Buffer,
  ValueOut = Buffer,
> {
  /** How many it has, at least as many as it had; 1 for a new one. */
  readonly partitions?: number
  /**
   * `fsync`: an append is done when it is on the disk, and nobody reads before what a power cut
   * could take back. `os`: when the operating system has it, which survives the end of the process.
   * A new log has `fsync`.
   */
  readonly durability?: Durability
  /** `none` for a new one. Batches are compressed on the calling thread. */
  readonly compression?: Compression
  /**
   * Topic configs by Kafka's names. A new log keeps everything, `retention.ms` and
   * `retention.bytes` being -1; `cleanup.policy` `compact` keeps the newest record of each key.
   */
  readonly configs?: Readonly<Record<string, string>>
  /** Makes keys of what records have; without it they are strings or bytes. */
  readonly keySerializer?: Serializer<KeyIn>
  /** Makes values of what records have; without it they are strings or bytes. */
  readonly valueSerializer?: Serializer<ValueIn>
  /** Makes what the program wants of keys; without it they are bytes. */
  readonly keyDeserializer?: Deserializer<KeyOut>
  /** Makes what the program wants of values; without it they are bytes. */
  readonly valueDeserializer?: Deserializer<ValueOut>
}

/** How the one log of a directory of its own is opened. */
export interface SingleLogOptions<KI = Payload, VI = Payload, KO = Buffer, VO = Buffer>
  extends LogOptions<KI, VI, KO, VO> {
  /** Name of its topic; `log` unless given. */
  readonly name?: string
  /** What {@link Store.open} takes. */
  readonly store?: StoreOptions
}

/** How long an append waits. */
export interface AppendOptions {
  /** Default: that of the log. */
  readonly durability?: Durability
  /** Ends the wait; what was handed over before may be stored all the same. */
  readonly signal?: AbortSignal
}

/** How a {@link LogReader} gives what it reads. */
export interface ReaderOptions<KeyOut = Buffer, ValueOut = Buffer> {
  /** Makes what the program wants of keys; without it they are bytes. */
  readonly keyDeserializer?: Deserializer<KeyOut>
  /** Makes what the program wants of values; without it they are bytes. */
  readonly valueDeserializer?: Deserializer<ValueOut>
}

/** What is read. */
export interface ReadOptions {
  /** The first offset; default: the log's start. */
  readonly from?: number
  /** The offset behind the last; default: the end at the time of the call, or none if `live`. */
  readonly to?: number
  /** Needed where the log has several. */
  readonly partition?: number
  /** At the end, wait for more instead of ending. It keeps the process alive. */
  readonly live?: boolean
  /** Ends it: whoever waits for a record gets a {@link LogError} with the code LOG_CLOSED. */
  readonly signal?: AbortSignal
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null
const callback = <T>(): Rule<T | undefined> =>
  accepted<T | undefined>('a function', (value) => typeof value === 'function', undefined)
const texts: Rule<Readonly<Record<string, string>> | undefined> = {
  byDefault: undefined,
  check(value) {
    if (!isObject(value)) return { expected: 'an object of texts' }
    const wrong = Object.entries(value as object).find(([, one]) => typeof one !== 'string')
    if (wrong !== undefined) return { expected: `an object of texts, and '${wrong[0]}' is none` }
    return { value: value as Readonly<Record<string, string>> }
  },
}

/** What is left out stays undefined: it may be the log's own. */
function maybe<T>(rule: Rule<T>): Rule<T | undefined> {
  return { ...rule, byDefault: undefined }
}

type Checked<Options> = { readonly [Name in keyof Options]-?: Options[Name] | undefined }

const storeRules: Rules<Checked<StoreOptions>> = {
  configs: texts,
  logger: accepted('a logger', isObject, undefined),
  environment: accepted('an object', isObject, undefined),
}

const partitionsMax = 10_000

const logRules: Rules<Checked<LogOptions<never, never, unknown, unknown>>> = {
  partitions: accepted(
    `a whole number from 1 to ${partitionsMax}`,
    (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= partitionsMax,
    undefined,
  ),
  durability: maybe(oneOf<Durability>(['fsync', 'os'], 'fsync')),
  compression: maybe(oneOf<Compression>(codecNames, 'none')),
  configs: texts,
  keySerializer: callback(),
  valueSerializer: callback(),
  keyDeserializer: callback(),
  valueDeserializer: callback(),
}

const singleRules = {
  ...logRules,
  name: text('log'),
  store: accepted<StoreOptions | undefined>('an object', isObject, undefined),
}

const readerRules: Rules<Checked<ReaderOptions<unknown, unknown>>> = {
  keyDeserializer: callback(),
  valueDeserializer: callback(),
}

const needed: Rule<string> = { ...text(''), byDefault: 'required' }

const sharedRules: Rules<SharedLog> = {
  directory: needed,
  name: needed,
  topicId: needed,
  maxUncompressedBatchBytes: accepted<number>(
    'a number of bytes from 1 on',
    (value) => typeof value === 'number' && value >= 1,
    'required',
  ),
}

const invalid = (message: string): LogError => new LogError('INVALID_CONFIG', message)

const callOptions = {
  append: ['durability', 'signal'],
  read: ['from', 'to', 'partition', 'live', 'signal'],
  put: ['delayMs', 'key', 'source', 'durability', 'signal'],
  take: ['consumer', 'signal'],
  process: ['consumer', 'signal', 'concurrency', 'retryDelayMs', 'onError'],
} as const

/**
 * Checks the names of the options of one call.
 *
 * @throws {LogError} INVALID_CONFIG
 */
export function checkCall(call: keyof typeof callOptions, options: object): void {
  refuseUnknown(call, callOptions[call], options, invalid)
}

/** Checks them. Throws a {@link LogError}, as the others. */
export function checkStoreOptions(given: StoreOptions): Checked<StoreOptions> {
  return checkAgainst('Store.open', storeRules, given, invalid)
}

/** Checks the options of a log of a store; undefined is what was left out. */
export function checkLogOptions<Options extends object>(given: Options): Checked<Options> {
  return checkAgainst('A log', logRules, given, invalid) as unknown as Checked<Options>
}

/** Checks the options of a reader. */
export function checkReaderOptions<K, V>(given: ReaderOptions<K, V>): Checked<ReaderOptions<K, V>> {
  return checkAgainst('LogReader.open', readerRules, given, invalid) as Checked<ReaderOptions<K, V>>
}

/** Checks what another thread has sent. */
export function checkShared(given: SharedLog): SharedLog {
  return checkAgainst('A shared log', sharedRules, given, invalid)
}

/** Checks those of a log in a directory of its own, and parts them. */
export function checkSingleOptions<KI, VI, KO, VO>(
  given: SingleLogOptions<KI, VI, KO, VO>,
): { name: string; store: StoreOptions; log: LogOptions<KI, VI, KO, VO> } {
  const { name, store = {} } = checkAgainst('Log.open', singleRules, given, invalid)
  const { name: _name, store: _store, ...log } = given
  return { name, store, log }
}
