/**
 * Which assignment protocol a group uses: one that every member offers, the one that most prefer.
 */
import { assert } from '../../base/assert.ts'
import type { Member } from './member.ts'

/** Names that every member offers. */
export function commonProtocols(members: Iterable<Member>): Set<string> {
  let common: Set<string> | undefined
  for (const { protocols } of members) {
    const offered = new Set(protocols.map(({ name }) => name))
    common = common === undefined ? offered : new Set([...common].filter((one) => offered.has(one)))
  }
  return common ?? new Set()
}

/**
 * The protocol of the next generation: each member votes for the first of its offers that all
 * share. Equal votes go to the one that got its first vote earlier. There must be a common
 * protocol.
 */
export function chooseProtocol(members: readonly Member[]): string {
  const common = commonProtocols(members)
  const votes = new Map<string, number>()
  for (const { protocols } of members) {
    const choice = protocols.find(({ name }) => common.has(name))
    assert(choice !== undefined, 'members of one group share a protocol')
    votes.set(choice.name, (votes.get(choice.name) ?? 0) + 1)
  }
  let best: string | undefined
  for (const [name, count] of votes) {
    if (best === undefined || count > (votes.get(best) ?? 0)) best = name
  }
  assert(best !== undefined, 'a group without members chooses nothing')
  return best
}

/** Whether a newcomer with these offers can join the members there are. */
export function offersCommon(
  members: readonly Member[],
  offered: readonly { readonly name: string }[],
): boolean {
  if (members.length === 0) return offered.length > 0
  const common = commonProtocols(members)
  return offered.some(({ name }) => common.has(name))
}
