import { expect, test } from 'vitest'
import { ProducerIds } from '../../src/broker/producer-ids.ts'

test('ids ascend over blocks, and one block is fetched for all who wait', async () => {
  let blocks = 0
  const ids = new ProducerIds(async () => ({ first: 10 * blocks++, length: 3 }))
  const given = await Promise.all(Array.from({ length: 7 }, () => ids.next()))
  expect(given).toEqual([0, 1, 2, 10, 11, 12, 20])
  expect(blocks).toBe(3)
})

test('a block that cannot be had fails those who wait, and the next one tries again', async () => {
  let failing = true
  const ids = new ProducerIds(async () => {
    if (failing) throw new Error('the disk failed')
    return { first: 5, length: 1 }
  })
  const both = await Promise.allSettled([ids.next(), ids.next()])
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  failing = false
  expect(await ids.next()).toBe(5)
})
