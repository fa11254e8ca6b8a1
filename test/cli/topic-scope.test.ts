import { expect, test } from 'vitest'
import { parseTopicScope, partitionsInScope } from '../../src/cli/topic-scope.ts'
import type { TopicDescription } from '../../src/client/index.ts'

function topic(name: string, partitionCount: number): TopicDescription {
  return { name, topicId: '', isInternal: false, partitionCount, partitions: [] }
}

test.each([
  ['orders', { topic: 'orders', partitions: undefined }],
  ['orders:0', { topic: 'orders', partitions: [0] }],
  ['a.b_c-1:3,1,3', { topic: 'a.b_c-1', partitions: [3, 1] }],
  ['orders:2147483647', { topic: 'orders', partitions: [2_147_483_647] }],
  ['', undefined],
  [':0', undefined],
  ['orders:', undefined],
  ['orders:1,', undefined],
  ['orders:-1', undefined],
  ['orders:1:2', undefined],
  ['orders:2147483648', undefined],
  ['two words', undefined],
])('%j', (text, scope) => {
  expect(parseTopicScope(text)).toEqual(scope)
})

test('a topic stands for all of its partitions, and none comes twice', () => {
  const scopes = [
    { topic: 'b', partitions: [2, 0] },
    { topic: 'a', partitions: undefined },
    { topic: 'b', partitions: undefined },
  ]
  expect(partitionsInScope(scopes, [topic('a', 2), topic('b', 3)])).toEqual([
    { topic: 'b', partition: 2 },
    { topic: 'b', partition: 0 },
    { topic: 'a', partition: 0 },
    { topic: 'a', partition: 1 },
    { topic: 'b', partition: 1 },
  ])
})

test('a partition or a topic that is not there is named', () => {
  const scope = [{ topic: 'a', partitions: [3] }]
  expect(() => partitionsInScope(scope, [topic('a', 3)])).toThrow(
    'Topic "a" has no partition 3; it has partitions 0 to 2.',
  )
  expect(() => partitionsInScope(scope, [topic('a', 1)])).toThrow('it has only partition 0.')
  expect(() => partitionsInScope(scope, [])).toThrow('There is no topic "a".')
})
