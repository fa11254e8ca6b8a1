/** OffsetDelete, and commits of which a part cannot be: codes and order are Apache Kafka's. */
import { describe, expect, it } from 'vitest'
import { mergedAnswers } from '../../../src/coordinator/group/partition-answers.ts'
import { StorageError } from '../../../src/storage/log-store.ts'
import { settle } from '../manual-time.ts'
import { GroupFixture } from './group-fixture.ts'

const caller = { version: 9, clientId: 'client', clientHost: '127.0.0.1' }

type Asked = readonly (readonly [topic: string, partitions: readonly number[]])[]

/** Topics of an answer as `topic-partition: code`, one list for each entry. */
function told(
  topics: readonly {
    readonly name?: string
    readonly partitions: readonly { readonly partitionIndex: number; readonly errorCode: number }[]
  }[],
) {
  return topics.map(({ name, partitions }) =>
    partitions.map(({ partitionIndex, errorCode }) => `${name}-${partitionIndex}: ${errorCode}`),
  )
}

async function deletion(fixture: GroupFixture, groupId: string, asked: Asked) {
  const topics = asked.map(([name, partitions]) => ({
    name,
    partitions: partitions.map((partitionIndex) => ({ partitionIndex })),
  }))
  const response = await fixture.coordinator.offsetDelete({ groupId, topics })
  return response.errorCode === 0 ? told(response.topics) : [response.errorCode, response.topics]
}

async function commit(fixture: GroupFixture, asked: Asked, more: object = {}, version = 9) {
  const place = { committedOffset: 5, committedLeaderEpoch: -1, committedMetadata: '' }
  const topics = asked.map(([name, partitions]) => ({
    name,
    topicId: fixture.topicIds.get(name) ?? 'dW5rbm93bnVua25vd251bg',
    partitions: partitions.map((partitionIndex) => ({ partitionIndex, ...place })),
  }))
  const claim = { generationIdOrMemberEpoch: -1, memberId: '', groupInstanceId: null }
  const request = { groupId: 'g', ...claim, retentionTimeMs: -1, topics, ...more }
  const response = await fixture.coordinator.offsetCommit(request, { ...caller, version })
  return response
}

describe('OffsetDelete', () => {
  it('wants a group that there is, by its name', async () => {
    const fixture = await GroupFixture.start()
    expect(await deletion(fixture, '', [['orders', [0]]])).toEqual([24, []])
    expect(await deletion(fixture, 'g', [['orders', [0]]])).toEqual([69, []])
    expect(await deletion(fixture, 'g', [])).toEqual([69, []])
    await fixture.coordinator.close()
    expect(await deletion(fixture, 'g', [])).toEqual([16, []])
  })

  it('forgets what is there, and tells first what is not', async () => {
    const fixture = await GroupFixture.start()
    await commit(fixture, [
      ['orders', [0, 1]],
      ['mail', [0]],
    ])
    const asked: Asked = [
      ['mail', [1]],
      ['orders', [0, 7, -1]],
      ['none', [0, 1]],
    ]
    expect(await deletion(fixture, 'g', asked)).toEqual([
      ['orders-7: 3', 'orders--1: 3', 'orders-0: 0'],
      ['none-0: 3', 'none-1: 3'],
      ['mail-1: 0'],
    ])
    expect([await fixture.committed('g'), await fixture.committed('g', 'mail')]).toEqual([-1, 5])
    const after = await fixture.restart()
    expect([await after.committed('g'), await after.committed('g', 'mail')]).toEqual([-1, 5])
    expect(await deletion(after, 'g', [])).toEqual([])
  })

  it('answers what is asked twice twice, and leaves an empty group', async () => {
    const fixture = await GroupFixture.start()
    await fixture.commit('g', 5)
    const asked: Asked = [
      ['orders', [0, 0]],
      ['orders', [0]],
    ]
    expect(await deletion(fixture, 'g', asked)).toEqual([
      ['orders-0: 0', 'orders-0: 0'],
      ['orders-0: 0'],
    ])
    expect(await fixture.state('g')).toBe('Empty')
  })

  it('keeps what a consumer group reads, in each of its states', async () => {
    const fixture = await GroupFixture.start()
    await fixture.commit('g', 5, undefined, 'mail')
    const joined = await fixture.join('g', { subscription: 'orders' })
    const asked: Asked = [
      ['orders', [0]],
      ['mail', [0, 9]],
    ]
    const kept = [['mail-9: 3', 'mail-0: 0'], ['orders-0: 86']]
    expect(await deletion(fixture, 'g', asked)).toEqual(kept)
    await fixture.sync('g', joined, { [joined.memberId]: '' })
    await fixture.commit('g', 6, joined)
    expect(await deletion(fixture, 'g', asked)).toEqual(kept)
    expect([await fixture.committed('g'), await fixture.committed('g', 'mail')]).toEqual([6, -1])
  })

  it('touches nothing of a group of another protocol that has members', async () => {
    const fixture = await GroupFixture.start()
    await fixture.commit('g', 5)
    const joined = await fixture.join('g', { protocolType: 'connect' })
    await fixture.sync('g', joined)
    expect(await deletion(fixture, 'g', [['orders', [0]]])).toEqual([68, []])
    await fixture.leave('g', joined.memberId)
    expect(await deletion(fixture, 'g', [['orders', [0]]])).toEqual([['orders-0: 0']])
  })

  it('is served by a group that waits for nobody but a member to be', async () => {
    const fixture = await GroupFixture.start()
    await fixture.commit('g', 5, undefined, 'mail')
    await fixture.deserted('g', { subscription: 'orders' })
    expect(await fixture.state('g')).toBe('PreparingRebalance')
    const asked: Asked = [
      ['orders', [0]],
      ['mail', [0]],
    ]
    expect(await deletion(fixture, 'g', asked)).toEqual([['orders-0: 86'], ['mail-0: 0']])
  })

  it('tells of a topic that is not there without partitions, of one that is not', async () => {
    const fixture = await GroupFixture.start()
    await fixture.commit('g', 5)
    const empty: Asked = [
      ['none', []],
      ['orders', []],
    ]
    expect(await deletion(fixture, 'g', empty)).toEqual([[]])
    const { topics } = await commit(fixture, empty)
    expect(topics.map(({ name }) => name)).toEqual(['none'])
  })

  it('says so where it cannot be written', async () => {
    const fixture = await GroupFixture.start()
    await fixture.commit('g', 5)
    fixture.log.append = () => {
      throw new StorageError(56, 'the disk is gone')
    }
    expect(await deletion(fixture, 'g', [['orders', [0]]])).toEqual([16, []])
    expect(await fixture.committed('g')).toBe(5)
  })
})

describe('a commit', () => {
  it('of partitions that a topic does not have is refused, and the others are taken', async () => {
    const fixture = await GroupFixture.start()
    const asked: Asked = [
      ['mail', [0]],
      ['orders', [0, 99, -1]],
      ['none', [0]],
    ]
    expect(told((await commit(fixture, asked)).topics)).toEqual([
      ['orders-99: 3', 'orders--1: 3', 'orders-0: 0'],
      ['none-0: 3'],
      ['mail-0: 0'],
    ])
    expect(await fixture.committed('g')).toBe(5)
    const byId = (await commit(fixture, asked, {}, 10)).topics
    expect(byId.map(({ partitions }) => partitions.map(({ errorCode }) => errorCode))).toEqual([
      [3, 3, 0],
      [100],
      [0],
    ])
  })

  it('of nothing that there is makes no group, and asks none', async () => {
    const fixture = await GroupFixture.start()
    const stranger = { generationIdOrMemberEpoch: 3, memberId: 'm' }
    for (const more of [{}, stranger]) {
      expect(told((await commit(fixture, [['orders', [99]]], more)).topics)).toEqual([
        ['orders-99: 3'],
      ])
      expect((await commit(fixture, [], more)).topics).toEqual([])
    }
    expect(await fixture.state('g')).toBe('Dead')
    await fixture.coordinator.close()
    const answer = await commit(fixture, [['orders', [0, 99]]])
    expect(told(answer.topics)).toEqual([['orders-99: 3', 'orders-0: 16']])
  })

  it.each([
    [2, 22],
    [8, 22],
    [9, 69],
    [10, 69],
  ])('of version %i in a generation of no group gets %i', async (version, code) => {
    const fixture = await GroupFixture.start()
    for (const generationIdOrMemberEpoch of [0, 3]) {
      const claim = { generationIdOrMemberEpoch, memberId: 'm' }
      const answer = await commit(fixture, [['orders', [0]]], claim, version)
      expect(answer.topics[0]?.partitions[0]?.errorCode).toBe(code)
    }
    const alone = await commit(fixture, [['orders', [0]]], { memberId: 'm' }, version)
    expect(alone.topics[0]?.partitions[0]?.errorCode).toBe(0)
  })

  it('of a group without a name is taken and told, for old clients that have none', async () => {
    const fixture = await GroupFixture.start()
    expect(await fixture.commit('', 8)).toBe(0)
    expect(await fixture.committed('')).toBe(8)
    expect(await fixture.state('')).toBe('Empty')
    const { results } = await fixture.coordinator.deleteGroups({ groupsNames: [''] })
    expect(results[0]?.errorCode).toBe(0)
  })
})

it('answers of topics that repeat stay apart where nothing is refused', () => {
  const answer = (topic: string, ...indexes: number[]) => ({
    topic,
    partitions: indexes.map((partitionIndex) => ({ partitionIndex, errorCode: 0 })),
  })
  const served = [answer('a', 1), answer('b', 2), answer('a', 3)]
  const key = (topic: string) => topic
  expect(mergedAnswers([], served, key)).toBe(served)
  const merged = mergedAnswers([answer('b', 9), answer('c', 9)], served, key)
  expect(merged).toEqual([answer('b', 9, 2), answer('c', 9), answer('a', 1, 3)])
  expect(served[1]?.partitions).toHaveLength(1)
})

describe('what a group reads', () => {
  it('is as of its last generation, whatever members say since', async () => {
    const fixture = await GroupFixture.start()
    await fixture.commit('g', 1)
    const joined = await fixture.join('g', { subscription: 'mail' })
    const again = { memberId: joined.memberId, subscription: 'orders' }
    void fixture.join('g')
    await settle()
    expect(await fixture.state('g')).toBe('PreparingRebalance')
    expect(await deletionCodes(fixture, 'mail')).toEqual([0, 86])
    expect(await deletionCodes(fixture, 'orders')).toEqual([0, 0])
    await fixture.join('g', again)
    expect(await deletionCodes(fixture, 'orders')).toEqual([0, 86])
  })

  it('may be anything where a subscription cannot be read', async () => {
    const fixture = await GroupFixture.start()
    await fixture.join('g', { metadata: new Uint8Array(1) })
    expect(await deletionCodes(fixture, 'orders')).toEqual([0, 86])
    await fixture.join('h', { protocolType: 'connect' })
    expect(await deletionCodes(fixture, 'orders', 'h')).toEqual([68, undefined])
  })
})

async function deletionCodes(fixture: GroupFixture, name: string, groupId = 'g') {
  const topics = [{ name, partitions: [{ partitionIndex: 0 }] }]
  const answer = await fixture.coordinator.offsetDelete({ groupId, topics })
  return [answer.errorCode, answer.topics[0]?.partitions[0]?.errorCode]
}
