/**
 * What a step of the group state machine wants done. The shell does it; the machine does no I/O.
 */
import { assert } from '../../base/assert.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import type { ReplyTo } from './member.ts'

/** The content of a JoinGroup answer. */
export interface JoinResult {
  readonly errorCode: number
  readonly generationId: number
  readonly protocolType: string | null
  readonly protocolName: string | null
  readonly leader: string
  readonly skipAssignment: boolean
  readonly memberId: string
  readonly members: readonly {
    readonly memberId: string
    readonly groupInstanceId: string | null
    readonly metadata: Uint8Array
  }[]
}

/** The content of a SyncGroup answer. */
export interface SyncResult {
  readonly errorCode: number
  readonly protocolType: string | null
  readonly protocolName: string | null
  readonly assignment: Uint8Array
}

/** Answers to give and whether the group has to be written. */
export interface Effects {
  readonly joins: { readonly to: ReplyTo; readonly result: JoinResult }[]
  readonly syncs: { readonly to: ReplyTo; readonly result: SyncResult }[]
  /**
   * The group's record is to be appended as it is now; the shell calls `persisted` with this
   * generation when it is committed or failed.
   */
  persist: { readonly generation: number; readonly assigned: boolean } | undefined
}

/** No effects yet. */
export function noEffects(): Effects {
  return { joins: [], syncs: [], persist: undefined }
}

const nothing: Uint8Array = new Uint8Array(0)

/** A refused join. */
export function refusedJoin(errorCode: number, memberId: string): JoinResult {
  assert(errorCode !== ErrorCode.NONE, 'a refused join has a reason')
  return {
    errorCode,
    generationId: -1,
    protocolType: null,
    protocolName: null,
    leader: '',
    skipAssignment: false,
    memberId,
    members: [],
  }
}

/** A refused sync. */
export function refusedSync(errorCode: number): SyncResult {
  assert(errorCode !== ErrorCode.NONE, 'a refused sync has a reason')
  return { errorCode, protocolType: null, protocolName: null, assignment: nothing }
}
