/** Options of queues, and the rules that they are held to. */
import { accepted, checkAgainst, oneOf, type Rule, type Rules, text } from '../base/option-rule.ts'
import type { HeadersInput } from '../record/headers.ts'
import type { Payload } from '../record/record.ts'
import type { Deserializer, Serializer } from '../record/serializer.ts'
import { LogError } from './log-error.ts'
import type { StoreOptions } from './options.ts'
import type { Durability } from './partition-writer.ts'
import type { Message } from './queue-message.ts'

/** How a queue is opened; all of it holds for this opening alone, but for `durability`. */
export interface QueueOptions<ValueIn = Payload, ValueOut = Buffer> {
  /** How long a message may be worked at before it is handed out again, in ms; 30,000. */
  readonly leaseMs?: number
  /** How often a message is handed out before it is dead; 5. Infinity: until it is finished. */
  readonly maxAttempts?: number
  /** The queue of the same store that dead messages go to; the queue's name and `.dead`. */
  readonly deadLetters?: string
  /** For how long a key is not put again, in ms; 300,000. */
  readonly dedupWindowMs?: number
  /** Most bytes that its files may take, but for a segment, of 1 MiB at least; Infinity. */
  readonly maxBytes?: number
  /** What becomes of a put beyond that: a `LogError` QUEUE_FULL, or it waits; `refuse`. */
  readonly whenFull?: 'refuse' | 'wait'
  /** When a put, and an acknowledgement, is done; as for a log, `fsync` for a new queue. */
  readonly durability?: Durability
  /**
   * Names of consumers that there are from now on, whether they take anything or not: what one of
   * them has not finished is not deleted.
   */
  readonly consumers?: readonly string[]
  /** Makes values of what messages have; without it they are strings or bytes. */
  readonly valueSerializer?: Serializer<ValueIn>
  /** Makes what the program wants of values; without it they are bytes. */
  readonly valueDeserializer?: Deserializer<ValueOut>
}

/** How the one queue of a directory of its own is opened. */
export interface SingleQueueOptions<VI = Payload, VO = Buffer> extends QueueOptions<VI, VO> {
  /** Its name; `queue` unless given. */
  readonly name?: string
  /** What `Store.open` takes. */
  readonly store?: StoreOptions
}

/** A message to put. */
export interface NewMessage<V = Payload> {
  /** Null is a message without a value. */
  readonly value: V | null
  /** Names that begin with `odradek.` are the queue's own. */
  readonly headers?: HeadersInput
}

/** How a message is put. */
export interface PutOptions {
  /** It is handed out so many ms later at the earliest; a hundred years at most. */
  readonly delayMs?: number
  /** Within the window no second message is put with that key. */
  readonly key?: string
  /**
   * The message that it is made of, of the same store: when that one is delivered again, also after
   * a crash, the same put is none. Several into one queue are told apart by their order.
   */
  readonly source?: Message<unknown>
  /** Default: that of the queue. */
  readonly durability?: Durability
  /** Ends a wait for room. */
  readonly signal?: AbortSignal
}

/** Where a message was put. */
export interface PutResult {
  readonly offset: number
  /** It had been put before, and that is where. */
  readonly isDuplicate: boolean
}

/** Who takes. */
export interface TakeOptions {
  /** The consumer's name. Each name gets every message; those who share one share them. */
  readonly consumer: string
  /** Ends it. */
  readonly signal?: AbortSignal
}

/** How messages are processed. */
export interface ProcessOptions extends TakeOptions {
  /** Messages at work at the same time, at most; 1. */
  readonly concurrency?: number
  /**
   * After how many ms a message whose handler threw is handed out again; of the attempt, which
   * begins at 1. A second, twice as long with each attempt, at most five minutes.
   */
  readonly retryDelayMs?: number | ((attempt: number) => number)
  /**
   * Told of what a handler threw, and of an acknowledgement that came too late. What this or
   * `retryDelayMs` throws ends the processing, which rejects with it.
   */
  readonly onError?: (error: unknown, message: Message<unknown>) => void
}

/** The options, all there. */
export type QueueSettings = Required<
  Pick<
    QueueOptions,
    'leaseMs' | 'maxAttempts' | 'dedupWindowMs' | 'maxBytes' | 'whenFull' | 'consumers'
  >
> & { readonly deadLetters: string | undefined; readonly durability: Durability | undefined }

const positive = (byDefault: number): Rule<number> =>
  accepted('a number above 0', (value) => typeof value === 'number' && value > 0, byDefault)
const whole = (byDefault: number, least: number): Rule<number> =>
  accepted(
    `a whole number from ${least} on, or Infinity`,
    (value) => (Number.isSafeInteger(value) || value === Infinity) && Number(value) >= least,
    byDefault,
  )
const callback = <T>(): Rule<T | undefined> =>
  accepted<T | undefined>('a function', (value) => typeof value === 'function', undefined)
const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null

/** A name of a consumer has at most so many characters. */
const consumerNameMax = 255

const isConsumerName = (value: unknown): boolean =>
  typeof value === 'string' && value.length > 0 && value.length <= consumerNameMax

const rules = {
  leaseMs: positive(30_000),
  maxAttempts: whole(5, 1),
  deadLetters: accepted<string | undefined>('a name', isConsumerName, undefined),
  dedupWindowMs: whole(300_000, 0),
  maxBytes: positive(Number.POSITIVE_INFINITY),
  whenFull: oneOf<'refuse' | 'wait'>(['refuse', 'wait'], 'refuse'),
  durability: { ...oneOf<Durability>(['fsync', 'os'], 'fsync'), byDefault: undefined },
  consumers: accepted<readonly string[]>(
    `a list of names of at most ${consumerNameMax} characters`,
    (value) => Array.isArray(value) && value.every(isConsumerName),
    [],
  ),
  valueSerializer: callback(),
  valueDeserializer: callback(),
} as const

const singleRules = {
  ...rules,
  name: text('queue'),
  store: accepted<StoreOptions | undefined>('an object', isObject, undefined),
}

const invalid = (message: string): LogError => new LogError('INVALID_CONFIG', message)

/** Checks them; throws a {@link LogError}, as the others. */
export function checkQueueOptions<VI, VO>(given: QueueOptions<VI, VO>): QueueSettings {
  const all = rules as unknown as Rules<Record<string, unknown>>
  return checkAgainst('A queue', all, given as object, invalid) as unknown as QueueSettings
}

/** Checks those of a queue in a directory of its own, and parts them. */
export function checkSingleQueueOptions<VI, VO>(
  given: SingleQueueOptions<VI, VO>,
): { name: string; store: StoreOptions; queue: QueueOptions<VI, VO> } {
  const all = singleRules as unknown as Rules<Record<string, unknown>>
  const checked = checkAgainst('Queue.open', all, given as object, invalid)
  const { name: _name, store: _store, ...queue } = given
  return { name: String(checked['name']), store: (checked['store'] ?? {}) as StoreOptions, queue }
}

/** The name of a consumer, checked. */
export function consumerName(name: unknown): string {
  if (isConsumerName(name)) return name as string
  const bound = `a text of 1 to ${consumerNameMax} characters`
  throw invalid(`The consumer of a queue is ${JSON.stringify(name)}; it has to be ${bound}.`)
}

/** A hundred years: when a message is due stays a number that every reader takes. */
export const delayMsMax: number = 100 * 365 * 24 * 3_600_000

/** A number of ms, checked. */
export function milliseconds(what: string, value: unknown): number {
  if (typeof value === 'number' && value >= 0 && value <= delayMsMax) return Math.ceil(value)
  const bounds = `a number of ms from 0 to ${delayMsMax}`
  throw invalid(`${what} is ${String(value)}; it has to be ${bounds}.`)
}
