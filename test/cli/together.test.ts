import { expect, it } from 'vitest'
import { together } from '../../src/cli/together.ts'

it('works on all at once, and keeps their order', async () => {
  const ends: (() => void)[] = []
  const results = together([1, 2, 3], async (item) => {
    await new Promise<void>((resolve) => ends.push(resolve))
    return item * 10
  })
  expect(ends.length).toBe(3)
  for (const end of ends.reverse()) end()
  expect(await results).toEqual([10, 20, 30])
})

it('tells the first failure when all have ended', async () => {
  let end = () => {}
  const others = new Promise<void>((resolve) => {
    end = resolve
  })
  let isOver = false
  const failed = together(['slow', 'b', 'c'], async (item) => {
    if (item !== 'slow') throw new Error(item)
    await others
  }).finally(() => {
    isOver = true
  })
  await new Promise((resolve) => setImmediate(resolve))
  expect(isOver).toBe(false)
  end()
  await expect(failed).rejects.toThrow(new Error('b'))
})
