import { expect, it } from 'vitest'
import { Witness } from './witness.ts'

const never = () => Promise.reject(new Error('the broker is gone'))
const done = () => Promise.resolve()

it('takes the acknowledged state and nothing else', async () => {
  const witness = new Witness([0, 0])
  await witness.change([1, 1], done)
  expect(witness.judge([1, 1])).toBeUndefined()
  expect(witness.judge([0, 0])).toContain('found [0,0]')
  expect(witness.judge([1, 0])).toContain('acknowledged and asked for: [1,1]')
})

it('takes an unanswered change wholly or not at all, and then holds on to it', async () => {
  const witness = new Witness([0, 0])
  await expect(witness.change([1, 1], never)).rejects.toThrow('gone')
  expect(witness.judge([1, 0])).toContain('[0,0] and [1,1]')
  await expect(witness.change([2, 2], never)).rejects.toThrow('gone')
  expect(witness.judge([2, 2])).toBeUndefined()
  expect(witness.judge([0, 0])).toContain('found [0,0]')
  expect(witness.unanswered).toEqual({ held: 1, lost: 0 })
  await expect(witness.change([3, 3], never)).rejects.toThrow('gone')
  expect(witness.judge([2, 2])).toBeUndefined()
  expect(witness.unanswered).toEqual({ held: 1, lost: 1 })
})
