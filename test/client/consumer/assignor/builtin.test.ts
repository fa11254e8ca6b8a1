import { expect, it } from 'vitest'
import { assignorNames, assignorOf } from '../../../../src/client/consumer/assignor/builtin.ts'

it.each(assignorNames)('%s has its name', (name) => {
  expect(assignorOf(name).name).toBe(name)
})

it('gives every consumer one of its own', () => {
  expect(assignorOf('sticky')).not.toBe(assignorOf('sticky'))
})
