import { expect, test } from 'vitest'
import { healthAnswer } from '../../src/http/health.ts'

function told(serving: boolean, problems: readonly string[]): [number, unknown] {
  const { status, body, contentType } = healthAnswer({ health: () => ({ serving, problems }) })
  expect(contentType).toBe('application/json')
  return [status, JSON.parse(body)]
}

test('200 only for a broker that serves with all its directories', () => {
  expect(told(true, [])).toEqual([200, { status: 'ok' }])
})

test('503 with the reason otherwise', () => {
  const problems = ['/disk1: input/output error', '/disk2: gone']
  expect(told(true, problems)).toEqual([503, { status: 'degraded', problems }])
  expect(told(false, [])).toEqual([503, { status: 'stopping' }])
  expect(told(false, problems)).toEqual([503, { status: 'stopping' }])
  const starting = healthAnswer(undefined)
  expect([starting.status, JSON.parse(starting.body)]).toEqual([503, { status: 'starting' }])
})
