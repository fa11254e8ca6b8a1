import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../../src/base/random.ts'
import {
  ConfigError,
  NetworkError,
  ProtocolError,
  TimeoutError,
} from '../../../src/client/error.ts'
import { Deadline, retrying, within } from '../../../src/client/network/retry.ts'
import { ErrorCode } from '../../../src/protocol/error-codes.ts'

/** Time that passes when somebody waits for it, and not else. */
function world() {
  let nowMs = 1000
  const timers = {
    setTimeout: (callback: () => void, delayMs: number) => {
      nowMs += delayMs
      queueMicrotask(callback)
      return null
    },
    clear: () => {},
  }
  const clock = { now: () => nowMs, monotonicMs: () => nowMs }
  const environment = { clock, timers, waits: timers, random: seededRandom(1) }
  const pass = (ms: number): void => {
    nowMs += ms
  }
  return { environment, pass, now: () => nowMs }
}

const backoff = { initialMs: 100, maxMs: 1000 }
const away = new NetworkError('The broker is away.')

describe('attempts', () => {
  test('go on until one succeeds, with longer and longer waits', async () => {
    const { environment, now } = world()
    const times: number[] = []
    const result = await retrying('Cannot ask', 60_000, backoff, environment, async () => {
      times.push(now())
      if (times.length < 5) throw away
      return 'done'
    })
    expect(result).toBe('done')
    const waits = times.slice(1).map((time, at) => time - (times[at] ?? 0))
    waits.forEach((wait, at) => {
      const term = Math.min(100 * 2 ** at, 1000)
      expect(wait).toBeGreaterThanOrEqual(term * 0.8)
      expect(wait).toBeLessThanOrEqual(term * 1.2)
    })
  })

  test('end at once with what is final, whoever made it', async () => {
    const { environment } = world()
    const final = [new ConfigError('No.'), new ProtocolError('Cannot', 29), new RangeError('bug')]
    for (const error of final) {
      let attempts = 0
      const call = retrying('Cannot ask', 60_000, backoff, environment, () => {
        attempts++
        return Promise.reject(error)
      })
      await expect(call).rejects.toBe(error)
      expect(attempts).toBe(1)
    }
  })

  test('end with their time: the last error is the cause, and told', async () => {
    const { environment, now } = world()
    const startMs = now()
    const call = retrying('Cannot ask', 500, backoff, environment, () => Promise.reject(away))
    await expect(call).rejects.toMatchObject({
      name: 'TimeoutError',
      message: 'Cannot ask within 500 ms; the last attempt said: The broker is away.',
      cause: away,
      retriable: true,
      kafkaCode: ErrorCode.REQUEST_TIMED_OUT,
    })
    expect(now() - startMs).toBeLessThanOrEqual(500)
  })

  test('are not begun when the pause before them took all the time', async () => {
    const { environment, pass } = world()
    const { waits } = environment
    const late = {
      ...waits,
      setTimeout: (callback: () => void, delayMs: number) => {
        pass(1000)
        return waits.setTimeout(callback, delayMs)
      },
    }
    let attempts = 0
    const call = retrying('Cannot ask', 500, backoff, { ...environment, waits: late }, () => {
      attempts++
      return Promise.reject(away)
    })
    await expect(call).rejects.toMatchObject({ name: 'TimeoutError', cause: away })
    expect(attempts).toBe(1)
  })

  test('know how much time is left', async () => {
    const { environment, pass } = world()
    const left: number[] = []
    await retrying('Cannot ask', 500, backoff, environment, async (deadline) => {
      left.push(deadline.leftMs)
      pass(150)
      if (left.length < 2) throw away
    })
    expect(left[0]).toBe(500)
    expect(left[1]).toBeLessThanOrEqual(500 - 150 - 80)
  })
})

test('a deadline that is over has nothing left', () => {
  const { environment, pass } = world()
  const deadline = new Deadline(environment.clock, 10)
  pass(11)
  expect(deadline.leftMs).toBe(0)
})

describe('within', () => {
  const { environment } = world()
  const never = new Promise<string>(() => {})
  const late = () => new TimeoutError('No news within 5 ms.')

  test('hands on what comes in time', async () => {
    const still = { ...environment, waits: { ...environment.waits, setTimeout: () => null } }
    expect(await within(5, still, Promise.resolve('news'), late)).toBe('news')
    await expect(within(5, still, Promise.reject(away), late)).rejects.toBe(away)
    expect(await within(Infinity, environment, Promise.resolve('news'), late)).toBe('news')
  })

  test('says that time is over, whatever comes then', async () => {
    const over = within(5, environment, never, late)
    await expect(over).rejects.toMatchObject({ message: 'No news within 5 ms.' })
    expect(() => within(-1, environment, never, late)).toThrow('a wait has a length')
  })
})
