import { describe, expect, it } from 'vitest'
import type { NewPartitions } from '../../src/controller/create-partitions.ts'
import { creating, startedController, topic } from './harness.ts'

/** What Apache Kafka 4.3.1 answers for a topic t1 with two partitions, but for one word. */
const asKafka: [string, Partial<NewPartitions>, number, string][] = [
  ['the same number', { count: 2 }, 37, 'Topic already has 2 partition(s).'],
  [
    'fewer',
    { count: 1 },
    37,
    'The topic t1 currently has 2 partition(s); 1 would not be an increase.',
  ],
  [
    'too many assignments',
    { count: 3, assignments: [[1], [1]] },
    39,
    'Attempted to add 1 additional partition(s), but 2 assignment(s) were specified.',
  ],
  [
    'an unknown broker',
    { count: 3, assignments: [[9]] },
    39,
    'The manual partition assignment includes broker 9, but no such broker is registered.',
  ],
  ['far too many', { count: 20_000 }, 44, 'Excessively large number of partitions per request.'],
]

describe('more partitions', () => {
  it.each(asKafka)('%s', async (_, more, errorCode, errorMessage) => {
    const { controller } = await startedController()
    await controller.createTopics(creating(topic('t1', { numPartitions: 2 })))
    const asked = { name: 't1', count: 3, assignments: null, ...more }
    const results = await controller.createPartitions({
      topics: [asked],
      timeoutMs: 10_000,
      validateOnly: false,
    })
    expect(results).toEqual([{ name: 't1', errorCode, errorMessage }])
  })

  it('come behind those that are there, which stay as they are', async () => {
    const { controller } = await startedController()
    await controller.createTopics(creating(topic('t1', { numPartitions: 2 })))
    const before = controller.image.topicsByName.get('t1')!
    const topics = [
      { name: 't1', count: 4, assignments: [[1], [1]] },
      { name: 'nope', count: 4, assignments: null },
    ]
    const checked = await controller.createPartitions({
      topics,
      timeoutMs: 10_000,
      validateOnly: true,
    })
    expect(checked.map((one) => one.errorCode)).toEqual([0, 3])
    expect(controller.image.topicsByName.get('t1')).toBe(before)
    await controller.createPartitions({ topics, timeoutMs: 10_000, validateOnly: false })
    const after = controller.image.topicsByName.get('t1')!
    expect(after.partitions.slice(0, 2)).toEqual(before.partitions)
    expect(after.partitions.map(({ index, leader }) => [index, leader])).toEqual([
      [0, 1],
      [1, 1],
      [2, 1],
      [3, 1],
    ])
  })

  it('beyond what one request may add in all its topics add none', async () => {
    const { controller } = await startedController()
    await controller.createTopics(creating(topic('t1'), topic('t2')))
    const { offset } = controller.image
    const ask = (more: number) => ({ count: 1 + more, assignments: null })
    const topics = [
      { name: 't1', ...ask(6_000) },
      { name: 't2', ...ask(6_000) },
      { name: 'nope', ...ask(1) },
    ]
    const request = { topics, timeoutMs: 10_000, validateOnly: false }
    const results = await controller.createPartitions(request)
    expect(results.map((one) => one.errorCode)).toEqual([44, 44, 44])
    expect(controller.image.offset).toBe(offset)
  })

  it('for a topic that stands twice in the request are refused', async () => {
    const { controller } = await startedController()
    await controller.createTopics(creating(topic('t1')))
    const asked = { name: 't1', count: 3, assignments: null }
    const request = { topics: [asked, asked], timeoutMs: 10_000, validateOnly: false }
    const results = await controller.createPartitions(request)
    expect(results.map((one) => one.errorCode)).toEqual([42])
  })
})
