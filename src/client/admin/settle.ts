import { assert } from '../../base/assert.ts'
import type { Api } from '../../protocol/codec.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import type { RequestOf } from '../../transport/index.ts'
import { ClientError, ProtocolError } from '../error.ts'
import { backoffMs } from '../network/backoff.ts'
import { saysMetadataIsOld } from '../network/broker-error.ts'
import type { Cluster, Target } from '../network/cluster.ts'
import { Deadline, pause } from '../network/retry.ts'
import { AdminError } from './admin-error.ts'

/** What every call of an admin needs. */
export interface AdminContext {
  readonly cluster: Cluster
  /** For a whole call with all its attempts, in ms. */
  readonly timeoutMs: number
}

/** For a call of several steps: each gets the time that those before it have left. */
export function stepsOf(context: AdminContext): () => AdminContext {
  const deadline = new Deadline(context.cluster.environment.clock, context.timeoutMs)
  return () => ({ ...context, timeoutMs: Math.max(1, deadline.leftMs) })
}

/** What became of one item. */
export type Outcome<Result> = Result | ClientError

/** Codes that pass for others, but are the answer to an administrator's question. */
const finalCodes: ReadonlySet<number> = new Set([
  ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
  ErrorCode.UNKNOWN_TOPIC_ID,
  ErrorCode.ELECTION_NOT_NEEDED,
  ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE,
  ErrorCode.ELIGIBLE_LEADERS_NOT_AVAILABLE,
  ErrorCode.REPLICA_NOT_AVAILABLE,
])

/**
 * Makes `attempt` for all items, and again for those that failed for now, until the context's time
 * is over. A rejection of `attempt` is the outcome of each of its items.
 *
 * Resolves with the results in the order of the items. Rejects with the one item's error, or with
 * an {@link AdminError} where there were several items. `what` begins its sentence.
 *
 * An attempt that was not answered may have done what was asked, and the next one then fails with
 * `doneCode`: TOPIC_ALREADY_EXISTS for a topic to create. Nobody can tell that from what somebody
 * else did, perhaps otherwise, so it stays a failure, as in Kafka's client; its message says so and
 * its cause is what became of the attempt before.
 */
export async function settle<Item, Result>(
  context: AdminContext,
  what: string,
  items: readonly Item[],
  attempt: (pending: readonly Item[], deadline: Deadline) => Promise<readonly Outcome<Result>[]>,
  doneCode?: number,
): Promise<readonly Result[]> {
  const { cluster, timeoutMs } = context
  const { clock, random } = cluster.environment
  assert(timeoutMs > 0 && !what.endsWith('.'), 'a call gets time, and its sentence goes on')
  const deadline = new Deadline(clock, timeoutMs)
  const outcomes: Outcome<Result>[] = []
  const doubts = new Map<number, ClientError>()
  let pending = items.map((_, at) => at)
  for (let attempts = 1; pending.length > 0; attempts++) {
    const sent = pending.map((at) => items[at] as Item)
    const came = await attempted(attempt(sent, deadline), sent.length)
    assert(came.length === sent.length, 'each item has an outcome')
    pending.forEach((at, index) => {
      const outcome = came[index] as Outcome<Result>
      outcomes[at] = doubted(outcome, doneCode, doubts.get(at))
      if (outcome instanceof ClientError && isUnanswered(outcome)) doubts.set(at, outcome)
    })
    pending = pending.filter((at) => mayPass(outcomes[at]))
    if (pending.length === 0) break
    const waitMs = backoffMs(cluster.options.retryBackoff, attempts, random)
    assert(
      pending.every((at) => outcomes[at] instanceof ClientError),
      'only failures are repeated',
    )
    if (waitMs >= deadline.leftMs) break
    await pause(cluster.environment, waitMs)
    // Who leads and who controls may have changed. Where nobody answers, the next attempt says so.
    if (pending.some((at) => isStale(outcomes[at])))
      await cluster.refresh(deadline.leftMs).catch(() => {})
  }
  assert(outcomes.length === items.length, 'each item has an outcome')
  return resultsOf(what, outcomes)
}

/** The results, unless something failed. */
function resultsOf<Result>(what: string, outcomes: readonly Outcome<Result>[]): readonly Result[] {
  const [first] = outcomes
  assert(!outcomes.includes(undefined as never), 'no outcome is missing')
  if (outcomes.length === 1 && first instanceof ClientError) throw first
  if (outcomes.some((outcome) => outcome instanceof ClientError)) {
    throw new AdminError(what, outcomes)
  }
  return outcomes as readonly Result[]
}

/** A rejection as the outcome of each item. */
export async function attempted<Result>(
  sending: Promise<readonly Outcome<Result>[]>,
  count: number,
): Promise<readonly Outcome<Result>[]> {
  assert(count > 0, 'what is sent is for something')
  try {
    return await sending
  } catch (error) {
    if (!(error instanceof ClientError)) throw error
    return Array.from({ length: count }, () => error)
  }
}

/** Sends for each item by itself: a rejection is the outcome of that item alone. */
export async function each<Item, Result>(
  items: readonly Item[],
  send: (item: Item) => Promise<Outcome<Result>>,
): Promise<readonly Outcome<Result>[]> {
  const outcomes = await Promise.all(
    items.map((item) =>
      attempted<Result>(
        send(item).then((one) => [one]),
        1,
      ),
    ),
  )
  assert(outcomes.length === items.length, 'each item has an outcome')
  return outcomes.flat() as readonly Outcome<Result>[]
}

/** Whether the broker may have done what it did not say that it has done. */
function isUnanswered({ kafkaCode }: ClientError): boolean {
  return kafkaCode === ErrorCode.REQUEST_TIMED_OUT || kafkaCode === ErrorCode.NETWORK_EXCEPTION
}

/** An outcome that a doubt of before may have brought about says so. */
function doubted<Result>(
  outcome: Outcome<Result>,
  doneCode: number | undefined,
  doubt: ClientError | undefined,
): Outcome<Result> {
  if (doubt === undefined || !(outcome instanceof ClientError)) return outcome
  if (outcome.kafkaCode !== doneCode) return outcome
  assert(isUnanswered(doubt), 'an answer leaves no doubt')
  const what = outcome.message.replace(/ \([A-Z_]+\)\.$/, '')
  const why = 'an earlier attempt of this call, which was not answered, may have done it'
  return new ProtocolError(what, outcome.kafkaCode, why, { cause: doubt })
}

function mayPass(outcome: unknown): boolean {
  return outcome instanceof ClientError && outcome.retriable && !finalCodes.has(outcome.kafkaCode)
}

function isStale(outcome: unknown): boolean {
  if (!(outcome instanceof ClientError)) return false
  return saysMetadataIsOld(outcome) || outcome.kafkaCode === ErrorCode.NOT_CONTROLLER
}

/** Sends one request within what is left of the time. */
export function ask<Request, RequestInput, Response, ResponseInput>(
  context: AdminContext,
  target: Target,
  api: Api<Request, RequestInput, Response, ResponseInput>,
  request: RequestOf<RequestInput>,
  deadline: Deadline,
  versionMax: number = Infinity,
): Promise<Response> {
  assert(target !== -1, 'a partition without a leader is nobody to ask')
  const timeoutMs = Math.max(1, Math.min(context.cluster.options.requestTimeoutMs, deadline.leftMs))
  return context.cluster.call(target, api, request, { timeoutMs, versionMax })
}

/**
 * Throws BROKER_NOT_AVAILABLE where the cluster has no such broker: one that somebody names may be
 * a typing error, and is not waited for.
 */
export async function requireBroker(
  { cluster }: AdminContext,
  id: number,
  deadline: Deadline,
): Promise<void> {
  if (cluster.metadata.nodes.has(id)) return
  await cluster.refresh(deadline.leftMs)
  const ids = [...cluster.metadata.nodes.keys()].join(', ')
  if (cluster.metadata.nodes.has(id)) return
  const why = `the cluster's brokers are ${ids}`
  throw new ProtocolError(`There is no broker ${id}`, ErrorCode.BROKER_NOT_AVAILABLE, why)
}

/** How long the broker may take: less than we wait, so that its answer is the one that counts. */
export function brokerTimeoutMs(context: AdminContext, deadline: Deadline): number {
  const { requestTimeoutMs } = context.cluster.options
  assert(requestTimeoutMs >= 1, 'options were checked')
  return Math.max(1, Math.floor(0.9 * Math.min(requestTimeoutMs, deadline.leftMs)))
}

/** One thing that is asked for as a whole, as {@link settle} does for several. */
export async function settleOne<Result>(
  context: AdminContext,
  what: string,
  attempt: (deadline: Deadline) => Promise<Result>,
): Promise<Result> {
  const [result] = await settle<null, Result>(context, what, [null], async (_, deadline) => [
    await attempt(deadline),
  ])
  assert(result !== undefined, 'one item has one result')
  return result as Result
}

/** Throws the error of a code that is not 0. */
export function check(what: string, code: number, message?: string | null): void {
  if (code !== ErrorCode.NONE) throw new ProtocolError(what, code, message)
}

/** A result, or the error of a code that is not 0. */
export function outcomeOf<Result>(
  what: string,
  code: number,
  message: string | null | undefined,
  result: () => Result,
): Outcome<Result> {
  return code === ErrorCode.NONE ? result() : new ProtocolError(what, code, message)
}

/** What an answer says of one thing. */
export interface Answered {
  readonly errorCode: number
  readonly errorMessage?: string | null
}

/** As {@link outcomeOf}, of what an answer says of one thing; undefined: it leaves that out. */
export function answerOf<Answer extends Answered, Result>(
  what: string,
  answer: Answer | undefined,
  result: (answer: Answer) => Result,
): Outcome<Result> {
  if (answer === undefined) return unanswered(what)
  return outcomeOf(what, answer.errorCode, answer.errorMessage, () => result(answer))
}

/** What an answer leaves out that it was asked for. */
export function unanswered(what: string): ProtocolError {
  return new ProtocolError(what, ErrorCode.UNKNOWN_SERVER_ERROR, 'the broker did not answer for it')
}
