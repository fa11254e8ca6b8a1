import { describe, expect, it } from 'vitest'
import { reassignmentRefusal } from '../../src/controller/reassign-partitions.ts'
import { imageWith } from '../broker/handler/images.ts'

const image = imageWith({}, { replicas: [2, 1] }, { replicas: [1, 2], addingReplicas: [2] })

describe('the move of a partition', () => {
  it('to where it lies succeeds', () => {
    expect(reassignmentRefusal(image, 't', 0, [1])).toBeUndefined()
  })

  it.each<[string, string, number, readonly number[] | null, number]>([
    ['that does not move, called off', 't', 0, null, 85],
    ['of a topic that is not there', 'nope', 0, [1], 3],
    ['of a topic that is not there, called off', 'nope', 0, null, 3],
    ['that is not there', 't', 9, [1], 3],
    ['to nowhere', 't', 0, [], 39],
    ['to one place twice', 't', 0, [1, 1], 39],
    ['to a broker that is not there', 't', 0, [7], 39],
    ['to one that is not there besides', 't', 0, [1, 2], 39],
    ['away from brokers that are gone', 't', 1, [1], 39],
    ['that a cluster moved, called off', 't', 2, null, 39],
  ])('%s is refused', (_, topic, index, replicas, code) => {
    const refusal = reassignmentRefusal(image, topic, index, replicas)
    expect(refusal?.code).toBe(code)
    expect(refusal?.message).not.toBe('')
  })
})
