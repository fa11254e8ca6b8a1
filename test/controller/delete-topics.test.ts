import { beforeAll, describe, expect, it } from 'vitest'
import { decideDeleteTopics, refuseDeletions } from '../../src/controller/delete-topics.ts'
import type { MetadataImage } from '../../src/metadata/image.ts'
import { zeroUuid } from '../../src/protocol/uuid.ts'
import { configOf, creating, startedController, topic } from './harness.ts'

const unknownId = 'aaaaRZyoQ_y_biQ5m6sOVA'
let image: MetadataImage
let idOf: (name: string) => string

beforeAll(async () => {
  const { controller } = await startedController()
  await controller.createTopics(creating(topic('a'), topic('b')))
  image = controller.image
  idOf = (name) => image.topicsByName.get(name)!.id
})

const decide = (
  request: { topics?: { name: string | null; topicId: string }[]; topicNames?: string[] },
  settings = {},
) =>
  decideDeleteTopics(
    { topics: request.topics ?? [], topicNames: request.topicNames ?? [] },
    { image, broker: configOf(settings) },
  )

describe('deletion', () => {
  it('by name, in the form up to version 5', () => {
    const { response, records } = decide({ topicNames: ['a', 'nope'] })
    expect(response).toMatchObject([
      { name: 'a', topicId: idOf('a'), errorCode: 0 },
      { name: 'nope', topicId: zeroUuid, errorCode: 3 },
    ])
    const value = { topicId: idOf('a') }
    expect(records).toEqual([{ name: 'RemoveTopicRecord', version: 0, value }])
  })

  it('by name or by id, in the form of version 6', () => {
    const { response, records } = decide({
      topics: [
        { name: null, topicId: idOf('a') },
        { name: 'b', topicId: zeroUuid },
        { name: null, topicId: unknownId },
      ],
    })
    expect(response).toMatchObject([
      { name: 'a', topicId: idOf('a'), errorCode: 0 },
      { name: 'b', topicId: idOf('b'), errorCode: 0 },
      { name: null, topicId: unknownId, errorCode: 100 },
    ])
    expect(records).toHaveLength(2)
  })

  it('of both a name and an id, of neither, or of the same topic again is refused', () => {
    const codes = (topics: { name: string | null; topicId: string }[]) =>
      decide({ topics }).response.map((one) => one.errorCode)
    expect(codes([{ name: 'a', topicId: idOf('a') }])).toEqual([42])
    expect(codes([{ name: null, topicId: zeroUuid }])).toEqual([42])
    const both = { name: 'a', topicId: idOf('a') }
    expect(codes([both, { name: 'b', topicId: zeroUuid }, both])).toEqual([42, 0, 42])
    const twice = { name: null, topicId: idOf('a') }
    expect(codes([twice, twice])).toEqual([42])
    expect(codes([twice, { name: 'a', topicId: zeroUuid }])).toEqual([0, 42])
  })

  it('can be switched off', () => {
    const { response, records } = decide({ topicNames: ['a'] }, { 'delete.topic.enable': 'false' })
    expect(response).toMatchObject([{ name: 'a', errorCode: 73 }])
    expect(records).toEqual([])
  })
})

describe('refuseDeletions', () => {
  it('answers for every topic of either form', () => {
    const request = { topics: [{ name: null, topicId: unknownId }], topicNames: ['a'] }
    expect(refuseDeletions(request, { code: 7, message: 'late' })).toEqual([
      { name: null, topicId: unknownId, errorCode: 7, errorMessage: 'late' },
      { name: 'a', topicId: zeroUuid, errorCode: 7, errorMessage: 'late' },
    ])
  })
})
