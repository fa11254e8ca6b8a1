import { describe, expect, test } from 'vitest'
import { Coordinators } from '../../../src/client/network/coordinators.ts'
import type { NodeInfo } from '../../../src/client/network/metadata.ts'
import type {
  FindCoordinatorRequestInput,
  FindCoordinatorResponse,
} from '../../../src/protocol/generated/10-find-coordinator.ts'

const empty: FindCoordinatorResponse = {
  throttleTimeMs: 0,
  errorCode: 0,
  errorMessage: null,
  nodeId: -1,
  host: '',
  port: -1,
  coordinators: [],
}
const place = { nodeId: 4, host: 'h', port: 9 }

/** Coordinators that ask a broker of `version`, which answers like this. */
function asking(version: number, answer: () => Partial<FindCoordinatorResponse>) {
  const asked: FindCoordinatorRequestInput[] = []
  const learned: NodeInfo[] = []
  const coordinators = new Coordinators(
    async (request) => {
      asked.push(request(version))
      return { ...empty, ...answer() }
    },
    (node) => learned.push(node),
  )
  return { coordinators, asked, learned }
}

describe('the question', () => {
  test('names one key before version 4, and a list from then on', async () => {
    const old = asking(3, () => place)
    expect(await old.coordinators.find('transaction', 'id')).toBe(4)
    expect(old.asked).toEqual([{ keyType: 1, key: 'id', coordinatorKeys: [] }])
    const found = { key: 'g', errorCode: 0, errorMessage: null, ...place }
    const later = asking(4, () => ({ coordinators: [found] }))
    expect(await later.coordinators.find('group', 'g')).toBe(4)
    expect(later.asked).toEqual([{ keyType: 0, key: '', coordinatorKeys: ['g'] }])
    expect(later.learned).toEqual([{ ...place, rack: null }])
  })

  test('is asked once for all who want to know, and again after a failure', async () => {
    let code = 15
    const { coordinators, asked } = asking(3, () => ({ ...place, errorCode: code }))
    const both = [coordinators.find('group', 'g'), coordinators.find('group', 'g')]
    for (const one of both) {
      await expect(one).rejects.toMatchObject({ code: 'COORDINATOR_NOT_AVAILABLE' })
    }
    expect(asked).toHaveLength(1)
    code = 0
    expect(await coordinators.find('group', 'g')).toBe(4)
    expect(await coordinators.find('group', 'g')).toBe(4)
    expect(asked).toHaveLength(2)
  })
})

test('a refusal is told in the words of the broker', async () => {
  const refused = { errorCode: 30, errorMessage: 'Not for you.' }
  const { coordinators } = asking(3, () => refused)
  await expect(coordinators.find('group', 'g')).rejects.toMatchObject({
    code: 'GROUP_AUTHORIZATION_FAILED',
    retriable: false,
    message: 'Cannot find the coordinator of group g: Not for you (GROUP_AUTHORIZATION_FAILED).',
  })
})

test('an answer for another key, or without a broker, is no answer', async () => {
  const other = { key: 'other', errorCode: 0, errorMessage: null, ...place }
  for (const answer of [{ coordinators: [other] }, {}]) {
    const { coordinators, learned } = asking(4, () => answer)
    await expect(coordinators.find('group', 'g')).rejects.toMatchObject({ retriable: true })
    expect(learned).toEqual([])
  }
})

test('what is remembered is forgotten by key, by kind and by broker', async () => {
  const { coordinators, asked } = asking(3, () => place)
  const all = async () => {
    await coordinators.find('group', 'x')
    await coordinators.find('transaction', 'x')
    return asked.length
  }
  expect(await all()).toBe(2)
  coordinators.forget('group', 'x')
  expect(await all()).toBe(3)
  coordinators.forgetNode(5)
  expect(await all()).toBe(3)
  coordinators.forgetNode(4)
  expect(await all()).toBe(5)
})
