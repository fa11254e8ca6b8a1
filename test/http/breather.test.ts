import { expect, test } from 'vitest'
import { Breather } from '../../src/http/breather.ts'

test('is due after a slice, and again a slice after its rest', async () => {
  let now = 100
  const breather = new Breather(() => now)
  now += 4.9
  expect(breather.isDue).toBe(false)
  now += 0.1
  expect(breather.isDue).toBe(true)
  await breather.rest()
  expect(breather.isDue).toBe(false)
  now += 5
  expect(breather.isDue).toBe(true)
})

test('a rest lets what waits run first', async () => {
  const order: string[] = []
  setImmediate(() => order.push('other'))
  await new Breather().rest()
  order.push('rested')
  expect(order).toEqual(['other', 'rested'])
})
