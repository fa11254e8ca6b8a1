import { describe, expect, it } from 'vitest'
import { ElectionType, electionRefusal } from '../../src/controller/elect-leaders.ts'
import { imageWith } from '../broker/handler/images.ts'

const { PREFERRED, UNCLEAN } = ElectionType
const image = imageWith(
  {},
  { leader: -1, isr: [] },
  { replicas: [2, 1], leader: 1 },
  { replicas: [2], leader: -1, isr: [2] },
)

describe('the election of a leader', () => {
  it.each([
    [0, PREFERRED, 84],
    [0, UNCLEAN, 84],
    [1, PREFERRED, 80],
    [1, UNCLEAN, 83],
    [2, PREFERRED, 80],
    [2, UNCLEAN, 84],
    [3, PREFERRED, 80],
    [3, UNCLEAN, 83],
  ])('of partition %i, type %i, is error %i', (index, type, code) => {
    expect(electionRefusal(image, 't', index, type).code).toBe(code)
  })

  it.each([
    ['nope', 0, PREFERRED, 3, 'No such topic as nope'],
    ['t', 9, UNCLEAN, 3, 'No such partition as t-9'],
    ['t', -1, UNCLEAN, 3, 'No such partition as t--1'],
    ['t', 0, 5, 42, 'Unknown election type 5'],
  ])('of %s-%i, type %i, is error %i: %s', (topic, index, type, code, message) => {
    expect(electionRefusal(image, topic, index, type)).toEqual({ code, message })
  })
})
