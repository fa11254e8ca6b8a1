import { assert } from '../base/assert.ts'
import { ErrorCode, type ErrorInfo, errorInfo } from '../protocol/error-codes.ts'

/** Names, number and retriability of an error: Kafka's, or one of the client's own. */
type ErrorIdentity = Omit<ErrorInfo, 'name' | 'refreshesMetadata' | 'meaning'> & {
  readonly name: string
}

/** What an error may carry beside its message. */
export interface ClientErrorOptions {
  /** What brought it about. */
  readonly cause?: unknown
}

/**
 * What every error of the client has. Catch one of its kinds, or look at `code`, which is stable;
 * messages are for people and may change.
 *
 * @example
 * ```ts
 * import { ClientError, Producer } from 'odradek/client'
 *
 * const producer = new Producer({ bootstrapServers: ['127.0.0.1:9092'] })
 * try {
 *   await producer.send({ topic: 'orders', value: 'v' })
 * } catch (error) {
 *   if (error instanceof ClientError && error.retriable) console.log(`later: ${error.code}`)
 * }
 * ```
 */
export abstract class ClientError extends Error {
  /** Kafka's name of the error, as `REQUEST_TIMED_OUT`. */
  readonly code: string
  /** Kafka's number of the error: -1 is "unknown server error". */
  readonly kafkaCode: number
  /** Whether the same call may succeed later without a change. */
  readonly retriable: boolean

  protected constructor(info: ErrorIdentity, message: string, options: ClientErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = new.target.name
    this.code = info.name
    this.kafkaCode = info.code
    this.retriable = info.retriable
  }
}

/** Those of several results that are errors: at least one is. */
export function failuresIn(
  results: readonly unknown[],
): readonly [first: ClientError, ...others: ClientError[]] {
  const [first, ...others] = results.filter((result) => result instanceof ClientError)
  assert(first !== undefined, 'something failed')
  return [first, ...others]
}

/**
 * A broker answered with an error code; `kafkaCode` is what it sent.
 *
 * @example
 * ```ts
 * import { Admin, ProtocolError } from 'odradek/client'
 *
 * const admin = new Admin({ bootstrapServers: ['127.0.0.1:9092'] })
 * await admin.createTopics([{ name: 'orders' }]).catch((error: unknown) => {
 *   if (!(error instanceof ProtocolError) || error.code !== 'TOPIC_ALREADY_EXISTS') throw error
 * })
 * ```
 */
export class ProtocolError extends ClientError {
  /** @param what names what could not be done; `reason` is the broker's own message, if any. */
  constructor(what: string, code: number, reason?: string | null, options?: ClientErrorOptions) {
    const info = errorInfo(code)
    const why = reason === undefined || reason === null || reason === '' ? info.meaning : reason
    super(info, `${what}: ${why.replace(/\.$/, '')} (${info.name}).`, options)
  }
}

/**
 * Something did not happen within the time that an option of the client gives it. It may have
 * happened all the same: nobody answered.
 *
 * @example
 * ```ts
 * import { Producer, TimeoutError } from 'odradek/client'
 *
 * const bootstrapServers = ['127.0.0.1:9092']
 * const producer = new Producer({ bootstrapServers, deliveryTimeoutMs: 30_000 })
 * await producer.send({ topic: 'orders', value: 'v' }).catch((error: unknown) => {
 *   if (error instanceof TimeoutError) console.log('not known to be stored')
 * })
 * ```
 */
export class TimeoutError extends ClientError {
  constructor(message: string, options?: ClientErrorOptions) {
    super(errorInfo(ErrorCode.REQUEST_TIMED_OUT), message, options)
  }
}

/**
 * No broker could be reached, or the connection to one broke; the cause tells how.
 *
 * @example
 * ```ts
 * import { Admin, NetworkError } from 'odradek/client'
 *
 * const admin = new Admin({ bootstrapServers: ['127.0.0.1:9092'], defaultApiTimeoutMs: 1_000 })
 * await admin.listTopics().catch((error: unknown) => {
 *   if (error instanceof NetworkError) console.log('nobody there:', error.cause)
 * })
 * ```
 */
export class NetworkError extends ClientError {
  constructor(message: string, options?: ClientErrorOptions) {
    super(errorInfo(ErrorCode.NETWORK_EXCEPTION), message, options)
  }
}

/**
 * An option, or an argument of a call, that can't be used; nothing was sent.
 *
 * @example
 * ```ts
 * import { ConfigError, Consumer } from 'odradek/client'
 *
 * try {
 *   new Consumer({ bootstrapServers: ['127.0.0.1:9092'], maxPollRecords: 0 })
 * } catch (error) {
 *   if (error instanceof ConfigError) console.log(error.message)
 * }
 * ```
 */
export class ConfigError extends ClientError {
  constructor(message: string, options?: ClientErrorOptions) {
    super(errorInfo(ErrorCode.INVALID_CONFIG), message, options)
  }
}

/**
 * A key, a value or a header that a serializer or deserializer refused; the cause is its error.
 *
 * @example
 * ```ts
 * import { Producer, SerializationError } from 'odradek/client'
 *
 * const producer = new Producer({ bootstrapServers: ['127.0.0.1:9092'] })
 * await producer.send({ topic: 'orders', value: undefined as never }).catch((error: unknown) => {
 *   if (error instanceof SerializationError) console.log('null is a tombstone')
 * })
 * ```
 */
export class SerializationError extends ClientError {
  constructor(message: string, options?: ClientErrorOptions) {
    super(errorInfo(ErrorCode.INVALID_RECORD), message, options)
  }
}

/**
 * The producer's buffer stayed full for `maxBlockMs`, or one record is larger than the buffer.
 *
 * @example
 * ```ts
 * import { BufferError, Producer } from 'odradek/client'
 *
 * const producer = new Producer({ bootstrapServers: ['127.0.0.1:9092'], maxBlockMs: 1_000 })
 * await producer.send({ topic: 'orders', value: 'v' }).catch((error: unknown) => {
 *   if (error instanceof BufferError && error.retriable) console.log('more than brokers take now')
 * })
 * ```
 */
export class BufferError extends ClientError {
  /** `code`: MESSAGE_TOO_LARGE for what never fits, REQUEST_TIMED_OUT for what may fit later. */
  constructor(
    message: string,
    code: 'MESSAGE_TOO_LARGE' | 'REQUEST_TIMED_OUT',
    options?: ClientErrorOptions,
  ) {
    super(errorInfo(ErrorCode[code]), message, options)
  }
}

/**
 * The client was closed, or its call was ended by `wakeup()` or an `AbortSignal`.
 *
 * @example
 * ```ts
 * import { ClosedError, Consumer } from 'odradek/client'
 *
 * const consumer = new Consumer({ bootstrapServers: ['127.0.0.1:9092'], groupId: 'billing' })
 * await consumer.poll({ signal: AbortSignal.timeout(1_000) }).catch((error: unknown) => {
 *   if (!(error instanceof ClosedError)) throw error
 * })
 * ```
 */
export class ClosedError extends ClientError {
  constructor(message: string, options?: ClientErrorOptions) {
    super(closed, message, options)
  }
}

/** No broker sends it: the name is the client's own. */
const closed: ErrorIdentity = {
  code: ErrorCode.UNKNOWN_SERVER_ERROR,
  name: 'CLIENT_CLOSED',
  retriable: false,
}
