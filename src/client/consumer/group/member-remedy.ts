/** What the answers of a group coordinator ask of a member, as Kafka's own client takes them. */
import { ErrorCode } from '../../../protocol/error-codes.ts'

/**
 * - `retry`: the same again, after a while.
 * - `coordinator`: the group is coordinated elsewhere; ask, then the same again.
 * - `rejoin`: the group rebalances; join again with the id that the member has.
 * - `generation`: the member's generation is over, and its partitions are lost; its id is good.
 * - `identity`: the group does not know the member; its id and partitions are lost.
 * - `member-id`: the answer to a first JoinGroup: join again with the id in it.
 * - `final`: nothing helps.
 */
export type Remedy =
  | 'retry'
  | 'coordinator'
  | 'rejoin'
  | 'generation'
  | 'identity'
  | 'member-id'
  | 'final'

const remedies: ReadonlyMap<number, Remedy> = new Map([
  [ErrorCode.COORDINATOR_LOAD_IN_PROGRESS, 'retry'],
  [ErrorCode.REQUEST_TIMED_OUT, 'coordinator'],
  [ErrorCode.NETWORK_EXCEPTION, 'coordinator'],
  [ErrorCode.COORDINATOR_NOT_AVAILABLE, 'coordinator'],
  [ErrorCode.NOT_COORDINATOR, 'coordinator'],
  [ErrorCode.REBALANCE_IN_PROGRESS, 'rejoin'],
  [ErrorCode.ILLEGAL_GENERATION, 'generation'],
  [ErrorCode.UNKNOWN_MEMBER_ID, 'identity'],
  [ErrorCode.MEMBER_ID_REQUIRED, 'member-id'],
])

/** What to do about an error code of JoinGroup, SyncGroup, Heartbeat or OffsetCommit. */
export function remedyOf(errorCode: number): Remedy {
  return remedies.get(errorCode) ?? 'final'
}
