import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { type SendPlan, sendPaced } from '../../../src/cli/perf/send-paced.ts'

const never = new AbortController().signal
const plan = (more: Partial<SendPlan>): SendPlan => ({
  ...{ records: 100, throughput: -1, inFlight: 10, stop: never },
  ...more,
})

test('each record is sent once, with no more in flight than may be', async () => {
  let sent = 0
  let inFlight = 0
  let most = 0
  await sendPaced(plan({ records: 1000, inFlight: 7 }), async () => {
    sent++
    most = Math.max(most, ++inFlight)
    await sleep(sent % 3)
    inFlight--
  })
  expect([sent, inFlight, most]).toEqual([1000, 0, 7])
})

test('how long each took is told', async () => {
  const tookMs: number[] = []
  let sent = 0
  const send = () => sleep(++sent === 1 ? 30 : 0)
  await sendPaced(plan({ records: 20 }), send, (ms) => tookMs.push(ms))
  expect(tookMs).toHaveLength(20)
  expect(Math.max(...tookMs)).toBeGreaterThanOrEqual(29)
  expect(Math.min(...tookMs)).toBeGreaterThanOrEqual(0)
})

test('the rate that is wanted is not passed', async () => {
  const beginMs = performance.now()
  const atMs: number[] = []
  await sendPaced(plan({ records: 41, throughput: 200, inFlight: 1000 }), async () => {
    atMs.push(performance.now() - beginMs)
  })
  expect(atMs).toHaveLength(41)
  // Record i is due i * 5 ms behind the begin of the sending, which lies behind that of the test.
  for (const [index, ms] of atMs.entries()) expect(ms).toBeGreaterThanOrEqual(index * 5)
})

test('a failure ends it when the others have their outcome', async () => {
  let sent = 0
  let finished = 0
  const failing = sendPaced(plan({ inFlight: 5 }), async () => {
    const own = sent++
    await sleep(own === 2 ? 0 : 20)
    if (own === 2) throw new Error('no room')
    finished++
  })
  await expect(failing).rejects.toThrow('no room')
  expect(finished).toBe(sent - 1)
  expect(sent).toBeLessThan(20)
})

test('told to stop, it waits for what was sent', async () => {
  const stop = new AbortController()
  let sent = 0
  let finished = 0
  await sendPaced(plan({ inFlight: 5, stop: stop.signal }), async () => {
    if (++sent === 3) stop.abort()
    await sleep(10)
    finished++
  })
  expect(finished).toBe(sent)
  expect(sent).toBeLessThanOrEqual(5)
})

test('told to stop while it waits for the next record to be due', async () => {
  const stop = new AbortController()
  let sent = 0
  setTimeout(() => stop.abort(), 20)
  await sendPaced(plan({ throughput: 0.001, stop: stop.signal }), async () => {
    sent++
  })
  expect(sent).toBe(1)
})
