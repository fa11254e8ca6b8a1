import type { RecordMetadata } from '../../record/record.ts'
import { ClientError, failuresIn } from '../error.ts'

/**
 * Some records of a `send(records)` were not stored. Its code is that of the first error; it is
 * retriable where each of them is.
 *
 * @example
 * ```ts
 * import { Producer, SendError } from 'odradek/client'
 *
 * const producer = new Producer({ bootstrapServers: ['127.0.0.1:9092'] })
 * try {
 *   await producer.send([{ topic: 'orders', value: 'a' }, { topic: 'orders', value: 'b' }])
 * } catch (error) {
 *   if (!(error instanceof SendError)) throw error
 *   error.results.forEach((result, i) => {
 *     if (result instanceof Error) console.log(`record ${i}: ${result.message}`)
 *   })
 * }
 * ```
 */
export class SendError extends ClientError {
  /** For each record, in the order of the call, where it was stored or why it was not. */
  readonly results: readonly (RecordMetadata | ClientError)[]

  constructor(results: readonly (RecordMetadata | ClientError)[]) {
    const failures = failuresIn(results)
    const [first] = failures
    const retriable = failures.every((error) => error.retriable)
    const count = `${failures.length} of ${results.length}`
    super(
      { code: first.kafkaCode, name: first.code, retriable },
      `${count} records were not stored; the first: ${first.message}`,
      { cause: first },
    )
    this.results = results
    // Of thousands of results a printed error would show a hundred with their stacks.
    Object.defineProperty(this, 'results', { enumerable: false })
  }
}
