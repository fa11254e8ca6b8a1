import { expect, test } from 'vitest'
import type { GroupReport } from '../../../src/cli/group/group-report.ts'
import { membersTable, offsetsTable, statesTable } from '../../../src/cli/group/group-tables.ts'

const row = {
  ...{ topic: null, partition: null, currentOffset: null, logEndOffset: null, lag: null },
  ...{ leaderEpoch: null, memberId: null, host: null, clientId: null },
}
const member = {
  ...{ memberId: 'm-1', groupInstanceId: null, clientId: 'till', host: '/10.0.0.1' },
  partitions: [
    { topic: 'b', partition: 10 },
    { topic: 'a', partition: 1 },
    { topic: 'b', partition: 9 },
  ],
}
const report: GroupReport = {
  ...{ group: 'g', state: 'Stable', type: 'classic', protocolType: 'consumer', assignor: 'range' },
  coordinator: { id: 2, host: '::1', port: 9092 },
  members: [member],
  partitions: [{ ...row, topic: 'b', partition: 9, currentOffset: 3, logEndOffset: 5, lag: 2 }],
}

test('what there is not is a hyphen, in the columns of Kafka', () => {
  const idle = { ...row, memberId: 'm-2', host: '/10.0.0.2', clientId: 'till' }
  const { headings, rows } = offsetsTable([{ ...report, partitions: [...report.partitions, idle] }])
  expect(headings.join(' ')).toBe(
    'GROUP TOPIC PARTITION CURRENT-OFFSET LOG-END-OFFSET LAG CONSUMER-ID HOST CLIENT-ID',
  )
  expect(rows).toEqual([
    ['g', 'b', 9, 3, 5, 2, '-', '-', '-'],
    ['g', '-', '-', '-', '-', '-', 'm-2', '/10.0.0.2', 'till'],
  ])
})

test('a member with what it reads, by topic and number', () => {
  const { headings, rows } = membersTable([report])
  expect(headings).not.toContain('GROUP-INSTANCE-ID')
  expect(rows).toEqual([['g', 'm-1', '/10.0.0.1', 'till', 3, 'a:1;b:9,10']])
})

test('static members have a column, and who reads nothing a hyphen', () => {
  const fixed = { ...member, memberId: 'm-2', groupInstanceId: 'till-2', partitions: [] }
  const { headings, rows } = membersTable([{ ...report, members: [member, fixed] }])
  expect(headings[2]).toBe('GROUP-INSTANCE-ID')
  expect(rows.map((cells) => [cells[2], cells.at(-1)])).toEqual([
    ['-', 'a:1;b:9,10'],
    ['till-2', '-'],
  ])
  expect(rows.every((cells) => cells.length === headings.length)).toBe(true)
})

test('states, of a group whose coordinator is not known too', () => {
  const other = { ...report, group: 'h', coordinator: null, assignor: '', members: [] }
  expect(statesTable([report, other]).rows).toEqual([
    ['g', '[::1]:9092 (2)', 'range', 'Stable', 1],
    ['h', '-', '-', 'Stable', 0],
  ])
})
