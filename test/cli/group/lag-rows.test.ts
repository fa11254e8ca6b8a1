import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lagRows } from '../../../src/cli/group/lag-rows.ts'
import type { GroupMember, GroupOffset } from '../../../src/client/index.ts'

function member(memberId: string, assignment: GroupMember['assignment']): GroupMember {
  return { memberId, groupInstanceId: null, clientId: `${memberId}-client`, host: '/h', assignment }
}
function committed(topic: string, partition: number, offset: number): GroupOffset {
  return { topic, partition, offset, leaderEpoch: 3, metadata: '' }
}

test('rows of what is committed, of what is assigned, and of members without a partition', () => {
  const members = [
    member('z', []),
    member('a', [
      { topic: 't', partition: 1 },
      { topic: 's', partition: 0 },
    ]),
  ]
  const ends = new Map([
    ['t-1', 20],
    ['t-0', 9],
    ['s-0', 4],
  ])
  const offsets = [committed('t', 10, 5), committed('t', 1, 12), committed('t', 0, 9)]
  const rows = lagRows({ members }, offsets, ends)
  const cells = rows.map((row) => [
    ...[row.topic, row.partition, row.currentOffset, row.logEndOffset, row.lag],
    row.memberId,
  ])
  expect(cells).toEqual([
    ['s', 0, null, 4, null, 'a'],
    ['t', 0, 9, 9, 0, null],
    ['t', 1, 12, 20, 8, 'a'],
    ['t', 10, 5, null, null, null],
    [null, null, null, null, null, 'z'],
  ])
  expect(rows[2]).toEqual({
    ...{ topic: 't', partition: 1, currentOffset: 12, logEndOffset: 20, lag: 8, leaderEpoch: 3 },
    ...{ memberId: 'a', host: '/h', clientId: 'a-client' },
  })
})

test('an epoch that nobody knows is none', () => {
  const offsets = [{ ...committed('t', 0, 1), leaderEpoch: -1 }]
  expect(lagRows({ members: [] }, offsets, new Map())[0]?.leaderEpoch).toBeNull()
})

test('each partition has one row, whatever is committed and assigned', () => {
  const partition = fc.record({ topic: fc.constantFrom('a', 'b', 'a-1'), partition: fc.nat(12) })
  const several = fc.uniqueArray(partition, {
    selector: (one) => `${one.topic}-${one.partition}`,
  })
  fc.assert(
    fc.property(several, several, fc.nat(100), (known, assigned, end) => {
      const offsets = known.map(({ topic, partition }) => committed(topic, partition, partition))
      const ends = new Map(assigned.map((one) => [`${one.topic}-${one.partition}`, end]))
      const rows = lagRows({ members: [member('m', assigned)] }, offsets, ends)
      const names = rows
        .filter(({ topic }) => topic !== null)
        .map((r) => `${r.topic}-${r.partition}`)
      const all = [...known, ...assigned].map((one) => `${one.topic}-${one.partition}`)
      expect([...names].sort()).toEqual([...new Set(all)].sort())
      for (const row of rows) {
        if (row.lag === null) continue
        expect(row.lag).toBe((row.logEndOffset ?? 0) - (row.currentOffset ?? 0))
      }
    }),
  )
})
