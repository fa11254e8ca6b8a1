import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { beforeEach, expect, it, vi } from 'vitest'

const sleeper = () => spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])

let children: typeof import('../../../src/bench/harness/children.ts')

beforeEach(async () => {
  vi.resetModules()
  children = await import('../../../src/bench/harness/children.ts')
})

it('ends what was noted, and lets nothing begin afterwards', async () => {
  const [noted, late] = [sleeper(), sleeper()]
  children.noteChild(noted)
  children.throwIfEnded()
  const ended = once(noted, 'exit')
  children.endChildren('stopped')
  expect(await ended).toEqual([null, 'SIGKILL'])
  expect(() => children.throwIfEnded()).toThrow('stopped')
  const lateEnded = once(late, 'exit')
  expect(() => children.noteChild(late)).toThrow('stopped')
  expect(await lateEnded).toEqual([null, 'SIGKILL'])
})

it('tells who waits for a process, and who repeats a request', async () => {
  const { runProcess } = await import('../../../src/bench/harness/run-process.ts')
  const { granted } = await import('../../../src/bench/harness/granted.ts')
  const waiting = runProcess([process.execPath, '-e', 'setInterval(() => {}, 1000)'], '')
  const request = granted(() => Promise.reject(new Error('not yet')), 60_000)
  const refused = expect(request).rejects.toThrow('stopped')
  children.endChildren('stopped')
  expect((await waiting).exitCode).toBeNull()
  await refused
})
