import { offsetCommitApi } from '../../../src/protocol/generated/08-offset-commit.ts'
import { offsetFetchApi } from '../../../src/protocol/generated/09-offset-fetch.ts'
import { findCoordinatorApi } from '../../../src/protocol/generated/10-find-coordinator.ts'
import type { RawConnection } from '../raw-connection.ts'
import { createTopic } from '../raw-requests.ts'
import { ask } from '../typed-request.ts'
import { type Actor, accepted } from './actor.ts'
import { Witness } from './witness.ts'

const topic = 'committed-to'
const partitions = [0, 1, 2]
const loading = 14

/** Commits one offset to three partitions of several groups: each commit is whole or not there. */
export class Commits implements Actor {
  readonly name = 'offsets of groups'
  readonly #groups = new Map(
    ['a', 'b', 'c', 'd'].map((group) => [group, new Witness<readonly number[]>([-1, -1, -1])]),
  )
  #next = 0

  witnesses = (): Iterable<Witness<unknown>> => this.#groups.values()

  async prepare(connection: RawConnection): Promise<void> {
    await createTopic(connection, topic, partitions.length)
    // The first question for a coordinator creates the topic of the offsets.
    const coordinatorKeys = [...this.#groups.keys()]
    await ask(connection, findCoordinatorApi, 4, { keyType: 0, coordinatorKeys })
  }

  async change(connection: RawConnection): Promise<void> {
    const number = this.#next++
    const [groupId, witness] = [...this.#groups][number % this.#groups.size] ?? []
    await witness?.change([number, number, number], async () => {
      const offset = { committedOffset: number, committedMetadata: `note ${number}` }
      const committed = partitions.map((partitionIndex) => ({ partitionIndex, ...offset }))
      const { topics } = await ask(connection, offsetCommitApi, 8, {
        groupId: groupId ?? '',
        generationIdOrMemberEpoch: -1,
        memberId: '',
        topics: [{ name: topic, partitions: committed }],
      })
      for (const { errorCode } of topics[0]?.partitions ?? []) accepted(errorCode, 'a commit')
    })
  }

  async faults(connection: RawConnection): Promise<string[]> {
    const faults: string[] = []
    for (const [groupId, witness] of this.#groups) {
      const found = await this.#offsets(connection, groupId)
      const fault = witness.judge(found)
      if (fault !== undefined) faults.push(`group ${groupId}: ${fault}`)
    }
    return faults
  }

  async #offsets(connection: RawConnection, groupId: string): Promise<number[]> {
    for (;;) {
      const wanted = [{ name: topic, partitionIndexes: partitions }]
      const request = { groups: [{ groupId, topics: wanted }], requireStable: false }
      const answer = (await ask(connection, offsetFetchApi, 8, request)).groups[0]
      if (answer?.errorCode === loading) continue
      accepted(answer?.errorCode, `offsets of ${groupId}`)
      const found = [...(answer?.topics[0]?.partitions ?? [])]
      found.sort((a, b) => a.partitionIndex - b.partitionIndex)
      for (const { committedOffset, metadata } of found) {
        const note = committedOffset < 0 ? '' : `note ${committedOffset}`
        if (metadata !== note) throw new Error(`offset ${committedOffset} with "${metadata}"`)
      }
      return found.map(({ committedOffset }) => committedOffset)
    }
  }
}
