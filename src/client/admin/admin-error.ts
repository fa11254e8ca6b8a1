import { ClientError, failuresIn } from '../error.ts'

/**
 * A call for several things of which some failed. `results[i]` is what the call would have given
 * for `items[i]`, or its error. `code` and `retriable` are those of the first failure.
 *
 * @example
 * ```ts
 * import { Admin, AdminError, ClientError } from 'odradek/client'
 *
 * const admin = new Admin({ bootstrapServers: ['127.0.0.1:9092'] })
 * try {
 *   await admin.deleteTopics(['orders', 'no-such-topic'])
 * } catch (error) {
 *   if (!(error instanceof AdminError)) throw error
 *   for (const result of error.results) {
 *     if (result instanceof ClientError) console.log(result.message)
 *   }
 * }
 * ```
 */
export class AdminError<Result = unknown> extends ClientError {
  /** In the order of the call. */
  readonly results: readonly (Result | ClientError)[]

  constructor(what: string, results: readonly (Result | ClientError)[]) {
    const failures = failuresIn(results)
    const [first] = failures
    super(
      { code: first.kafkaCode, name: first.code, retriable: first.retriable },
      `${what}: ${failures.length} of ${results.length} failed; the first: ${first.message}`,
      { cause: first },
    )
    this.results = results
  }
}
