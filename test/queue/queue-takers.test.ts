import { getEventListeners } from 'node:events'
import { afterEach, describe, expect, it, test, vi } from 'vitest'
import { Takers } from '../../src/queue/queue-takers.ts'
import { cleanUp, soon } from './fixture.ts'
import { machine, takeOne, turns } from './queue-fixture.ts'

afterEach(cleanUp)

const abortListeners = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length

describe('who waits for a message', () => {
  const takers = (): Takers<number> => new Takers((signal) => new Error(String(signal.reason)))

  it('is served in the order of coming', async () => {
    const line = takers()
    const waiting = [line.wait(undefined), line.wait(undefined), line.wait(undefined)]
    line.serve(1)
    line.refuse(new Error('no more'))
    line.serve(3)
    expect(line.size).toBe(0)
    const told = await Promise.allSettled(waiting)
    expect(told.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(await waiting[2]).toBe(3)
  })

  it('is ended by the signal, with all of its company and nobody else', async () => {
    const line = takers()
    const stop = new AbortController()
    const ended = [line.wait(stop.signal), line.wait(stop.signal)]
    const other = line.wait(new AbortController().signal)
    stop.abort('enough')
    expect(line.size).toBe(1)
    for (const one of ended) await expect(one).rejects.toThrow('enough')
    line.serve(7)
    expect(await other).toBe(7)
  })

  it('has one listener at a signal, however many wait, and none once they have gone', async () => {
    const line = takers()
    const { signal } = new AbortController()
    const waiting = Array.from({ length: 100 }, () => line.wait(signal))
    expect(abortListeners(signal)).toBe(1)
    for (let i = 0; i < 99; i++) line.serve(i)
    expect(abortListeners(signal)).toBe(1)
    line.serve(99)
    expect(abortListeners(signal)).toBe(0)
    expect(await Promise.all(waiting)).toHaveLength(100)
    const late = line.wait(signal)
    expect(abortListeners(signal)).toBe(1)
    line.refuseAll(new Error('closed'))
    expect(abortListeners(signal)).toBe(0)
    await expect(late).rejects.toThrow('closed')
  })
})

test('who got a message that was due leaves nobody waiting at the end of the log', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const { store, clock, partition } = await machine()
    const queue = await store.queue('jobs')
    await queue.put({ value: 'v' }, { delayMs: 1_000 })
    const passed = vi.spyOn(partition('jobs'), 'passed')
    const waiting = takeOne(queue)
    await turns()
    expect(passed).toHaveBeenCalledOnce()
    const waitsAtEnd = passed.mock.results[0]?.value.then(() => 'not any more')
    expect(await soon(waitsAtEnd)).toBe('waits')
    clock.nowMs += 1_000
    vi.advanceTimersByTime(1_000)
    await waiting
    expect(await soon(waitsAtEnd)).toBe('not any more')
  } finally {
    vi.useRealTimers()
  }
})

describe('many who take', () => {
  it('share a note of what they were handed, and one of what they have finished', async () => {
    const { store, state } = await machine()
    const queue = await store.queue('jobs', { consumers: ['c'] })
    await Promise.all(Array.from({ length: 1_000 }, (_, i) => queue.put({ value: `${i}` })))
    const append = vi.spyOn(state(), 'append')
    const taken = await Promise.all(Array.from({ length: 500 }, () => takeOne(queue)))
    expect(new Set(taken.map(({ offset }) => offset)).size).toBe(500)
    // The first one starts the reading, those behind it come together.
    expect(append.mock.calls.length).toBeLessThan(5)
    append.mockClear()
    await Promise.all(taken.map((message) => message.ack()))
    expect(append.mock.calls.length).toBe(1)
    await store.close()
  })
})
