import { describe, expect, it } from 'vitest'
import {
  decodeQuorumState,
  encodeQuorumState,
  leaderState,
} from '../../src/controller/quorum-state.ts'
import { fixture } from '../metadata/fixtures.ts'

describe('quorum-state', () => {
  it("is Apache Kafka's, byte for byte", () => {
    const bytes = fixture('clean-quorum-state')
    expect(decodeQuorumState(bytes)).toEqual(leaderState(1, 1))
    expect(Buffer.from(encodeQuorumState(leaderState(1, 1)))).toEqual(Buffer.from(bytes))
  })

  it('of version 0 is read too', () => {
    const fields = {
      clusterId: '',
      leaderId: 3,
      leaderEpoch: 7,
      votedId: -1,
      appliedOffset: 0,
      currentVoters: [{ voterId: 3 }],
      data_version: 0,
    }
    const state = decodeQuorumState(Buffer.from(JSON.stringify(fields)))
    expect(state).toEqual({ ...leaderState(3, 7) })
  })

  it.each(['', '{', '[]', 'null', '{"data_version":2,"leaderEpoch":1}', '{"data_version":1}'])(
    'refuses %j',
    (text) => {
      expect(() => decodeQuorumState(Buffer.from(text))).toThrow(/quorum-state/)
    },
  )
})
