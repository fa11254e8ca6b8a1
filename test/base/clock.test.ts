import { describe, expect, it } from 'vitest'
import { systemClock, systemTimers } from '../../src/base/clock.ts'

describe('systemClock', () => {
  it('tells milliseconds since 1970', () => {
    expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1000)
  })

  it('has a monotonic side that never falls', () => {
    const first = systemClock.monotonicMs()
    expect(systemClock.monotonicMs()).toBeGreaterThanOrEqual(first)
  })
})

describe('systemTimers', () => {
  it('calls back after the delay', async () => {
    const start = performance.now()
    await new Promise<void>((resolve) => {
      systemTimers.setTimeout(resolve, 20)
      keepAlive()
    })
    expect(performance.now() - start).toBeGreaterThanOrEqual(19)
  })

  it('does not call back once cleared', async () => {
    let fired = false
    const handle = systemTimers.setTimeout(() => {
      fired = true
    }, 5)
    systemTimers.clear(handle)
    await new Promise((resolve) => setTimeout(resolve, 25))
    expect(fired).toBe(false)
  })

  it('leaves a handle alone that is undefined, or that has fired', async () => {
    expect(() => systemTimers.clear(undefined)).not.toThrow()
    const handle = await new Promise((resolve) => {
      const set = systemTimers.setTimeout(() => resolve(set), 1)
      keepAlive()
    })
    expect(() => systemTimers.clear(handle)).not.toThrow()
  })

  it('does not fire a delay beyond 2^31 ms at once', async () => {
    let fired = false
    const handle = systemTimers.setTimeout(() => {
      fired = true
    }, 2 ** 33)
    await new Promise((resolve) => setTimeout(resolve, 20))
    systemTimers.clear(handle)
    expect(fired).toBe(false)
  })
})

/** The timers under test are unreferenced; a referenced one keeps the test's loop alive. */
function keepAlive(): void {
  setTimeout(() => undefined, 50)
}
