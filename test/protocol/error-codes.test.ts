import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ErrorCode, errorInfo, errorInfos } from '../../src/protocol/error-codes.ts'

/** What Apache Kafka 4.3.1 says of itself. */
const facts = JSON.parse(
  readFileSync(new URL('fixtures/errors.json', import.meta.url), 'utf8'),
) as readonly { readonly code: number }[]

test('code, name and remedy are those of 4.3.1', () => {
  const ours = [...errorInfos.values()].filter((info) => info.code <= 133)
  expect(ours.map(({ meaning, ...rest }) => rest)).toEqual(facts)
})

test('4.4 adds three codes', () => {
  expect([134, 135, 136].map((code) => errorInfo(code).name)).toEqual([
    'GROUP_DELETION_FAILED',
    'STREAMS_TOPOLOGY_DESCRIPTION_UPDATE_FAILED',
    'CONTROLLER_ID_NOT_REGISTERED',
  ])
  expect(errorInfos.size).toBe(facts.length + 3)
})

test('each says what it means', () => {
  const meanings = new Set([...errorInfos.values()].map((info) => info.meaning))
  expect(meanings.size).toBe(errorInfos.size)
})

test('an unknown code reads as a server error', () => {
  expect(errorInfo(4711).code).toBe(ErrorCode.UNKNOWN_SERVER_ERROR)
})
