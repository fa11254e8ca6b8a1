import { expect, test } from 'vitest'
import { untilStopped } from '../../src/cli/stop-signals.ts'

const aborted = (signal: AbortSignal): Promise<string> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve('ended well')))

test.each(['SIGINT', 'SIGTERM'] as const)('%s is told to the work', async (name) => {
  const before = process.listenerCount(name)
  const working = untilStopped(aborted)
  expect(process.listenerCount(name)).toBe(before + 1)
  process.emit(name)
  expect(await working).toBe('ended well')
  expect(process.listenerCount(name)).toBe(before)
})

test('work that fails gives the signals back too', async () => {
  const before = process.listenerCount('SIGINT')
  await expect(untilStopped(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  expect(process.listenerCount('SIGINT')).toBe(before)
})
