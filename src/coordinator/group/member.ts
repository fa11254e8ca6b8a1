/** One member of a classic group, and what it waits for. */

/** Where an answer goes. The state machine passes it on and never looks inside. */
export type ReplyTo = unknown

/**
 * A way to assign partitions that a member offers, with its subscription in that protocol's form.
 */
export interface MemberProtocol {
  readonly name: string
  readonly metadata: Uint8Array
}

/** A member. Invariant: at most one of `awaitingJoin` and `awaitingSync` is set. */
export interface Member {
  memberId: string
  readonly groupInstanceId: string | null
  clientId: string
  clientHost: string
  sessionTimeoutMs: number
  rebalanceTimeoutMs: number
  protocols: readonly MemberProtocol[]
  assignment: Uint8Array
  /** A join that is answered when the rebalance has everyone. */
  awaitingJoin: ReplyTo | undefined
  /** A sync that is answered when the leader's assignment is committed. */
  awaitingSync: ReplyTo | undefined
  /** Monotonic time at which the member counts as gone, unless it waits for an answer. */
  sessionDeadline: number
}

/** The metadata that the member sent for a protocol; empty if it does not offer it. */
export function metadataFor(member: Member, protocol: string): Uint8Array {
  return member.protocols.find(({ name }) => name === protocol)?.metadata ?? noMetadata
}

/** Whether both offers are the same, in order and content: then a rejoin changes nothing. */
export function sameProtocols(a: readonly MemberProtocol[], b: readonly MemberProtocol[]): boolean {
  if (a.length !== b.length) return false
  return a.every(({ name, metadata }, index) => {
    const other = b[index]
    return other?.name === name && Buffer.compare(other.metadata, metadata) === 0
  })
}

const noMetadata: Uint8Array = new Uint8Array(0)
