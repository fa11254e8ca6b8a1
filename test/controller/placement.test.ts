import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/base/random.ts'
import { DirectoryChoice } from '../../src/controller/log-directories.ts'
import { checkAssignments, newPartition, placeReplicas } from '../../src/controller/placement.ts'
import { type BrokerImage, emptyImage, type MetadataImage } from '../../src/metadata/image.ts'

const directory = 'aaaaRZyoQ_y_biQ5m6sOVA'

describe('placeReplicas', () => {
  it('spreads leaders and replicas evenly, no broker twice in a partition', () => {
    const image = imageOf(5)
    const { replicas } = placeReplicas(image, 40, 3, seededRandom(4))
    expect(replicas).toHaveLength(40)
    const leads = new Map<number, number>()
    const holds = new Map<number, number>()
    for (const one of replicas!) {
      expect(new Set(one).size).toBe(3)
      leads.set(one[0]!, (leads.get(one[0]!) ?? 0) + 1)
      for (const id of one) holds.set(id, (holds.get(id) ?? 0) + 1)
    }
    expect([...leads.values()]).toEqual([8, 8, 8, 8, 8])
    expect([...holds.values()]).toEqual([24, 24, 24, 24, 24])
  })

  it('does not give all partitions of one leader the same followers', () => {
    const { replicas } = placeReplicas(imageOf(4), 12, 2, seededRandom(4))
    const followersOf1 = replicas!
      .filter(([leader]) => leader === 1)
      .map(([, follower]) => follower)
    expect(new Set(followersOf1).size).toBe(3)
  })

  it('leaves out brokers that are fenced or leaving', () => {
    const image = imageOf(3, { 2: { fenced: true }, 3: { inControlledShutdown: true } })
    expect(placeReplicas(image, 4, 1, seededRandom(1)).replicas).toEqual([[1], [1], [1], [1]])
    expect(placeReplicas(image, 1, 2, seededRandom(1)).refusal).toMatchObject({ code: 38 })
  })
})

describe('checkAssignments', () => {
  it('asks for the same number of replicas everywhere', () => {
    const image = imageOf(3)
    expect(
      checkAssignments(image, [
        [1, 2],
        [3, 1],
      ]).refusal,
    ).toBeUndefined()
    const uneven = checkAssignments(image, [[1, 2], [3]]).refusal
    expect(uneven).toMatchObject({ code: 39 })
    expect(uneven?.message).toMatch(/1 replica\(s\).*have 2 replica/)
    expect(checkAssignments(image, [[1]], 2).refusal).toMatchObject({ code: 39 })
  })

  it('asks for one replica that is active', () => {
    const image = imageOf(2, { 2: { fenced: true } })
    expect(checkAssignments(image, [[2]]).refusal?.message).toMatch(/fenced or shutting down/)
    expect(checkAssignments(image, [[2, 1]]).refusal).toBeUndefined()
  })
})

describe('newPartition', () => {
  it('has the active replicas in sync, the first of them as leader', () => {
    const image = imageOf(3, { 1: { fenced: true } })
    expect(newPartition(image, 4, [1, 2, 3], new DirectoryChoice(image))).toMatchObject({
      index: 4,
      isr: [2, 3],
      leader: 2,
      leaderEpoch: 0,
      directories: [directory, directory, directory],
    })
  })
})

describe('a broker all of whose log directories are cordoned', () => {
  const image = imageOf(2, { 2: { cordonedDirectories: [directory] } })

  it('gets no partition, neither placed nor by hand', () => {
    expect(placeReplicas(image, 2, 1, seededRandom(1)).replicas).toEqual([[1], [1]])
    expect(checkAssignments(image, [[1, 2]]).refusal).toMatchObject({
      code: 39,
      message: expect.stringContaining('broker 2, all of whose log directories are cordoned.'),
    })
  })
})

function imageOf(count: number, changes: Record<number, Partial<BrokerImage>> = {}): MetadataImage {
  const brokers = Array.from({ length: count }, (_, at): BrokerImage => {
    const id = at + 1
    return {
      id,
      epoch: id,
      incarnationId: directory,
      listeners: [],
      features: [],
      rack: null,
      fenced: false,
      inControlledShutdown: false,
      directories: [directory],
      cordonedDirectories: [],
      ...changes[id],
    }
  })
  return { ...emptyImage, brokers: new Map(brokers.map((broker) => [broker.id, broker])) }
}
