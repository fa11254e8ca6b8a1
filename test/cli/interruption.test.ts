import { afterEach, expect, test, vi } from 'vitest'
import { Interruption, untilStopped } from '../../src/cli/interruption.ts'

const before = {
  SIGINT: process.listenerCount('SIGINT'),
  SIGTERM: process.listenerCount('SIGTERM'),
}
let nowMs = 0
vi.spyOn(performance, 'now').mockImplementation(() => nowMs)
const exit = vi.spyOn(process, 'exit').mockImplementation((() => undefined) as never)
afterEach(() => {
  exit.mockClear()
  nowMs = 0
})

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s aborts, and at once where it is repeated later', (signal, code) => {
  const interruption = new Interruption()
  expect([interruption.signal.aborted, interruption.exitCode]).toEqual([false, 0])
  process.emit(signal)
  expect([interruption.signal.aborted, interruption.exitCode]).toEqual([true, code])
  nowMs = 400
  process.emit(signal)
  expect(exit).not.toHaveBeenCalled()
  nowMs = 600
  process.emit(signal)
  expect(exit).toHaveBeenCalledExactlyOnceWith(code)
  interruption.dispose()
  expect(process.listenerCount(signal)).toBe(before[signal])
})

const aborted = (signal: AbortSignal): Promise<string> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve('ended well')))

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s is told to work that runs until then',
  async (name) => {
    const working = untilStopped(aborted)
    expect(process.listenerCount(name)).toBe(before[name] + 1)
    process.emit(name)
    expect(await working).toBe('ended well')
    expect(process.listenerCount(name)).toBe(before[name])
  },
)

test('work that fails gives the signals back too', async () => {
  await expect(untilStopped(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  expect(process.listenerCount('SIGINT')).toBe(before.SIGINT)
})
