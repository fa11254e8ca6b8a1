/**
 * Power cuts of made-up lives of two queues: before every call that changes a disk, with all that
 * each log may keep of what was not synced. More states: ODRADEK_QUEUE_CRASH_STATES, another
 * search: ODRADEK_CRASH_SEED.
 */
import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { QueueState } from '../../../src/queue/queue-state.ts'
import { explore } from './explore.ts'
import { workloads } from './workload.ts'

const flaws = vi.hoisted(() => ({ isNeverCut: false }))
vi.mock('../../../src/queue/delivery/kept-state.ts', async (load) => {
  const real = await load<typeof import('../../../src/queue/delivery/kept-state.ts')>()
  const cutAt: typeof real.cutAt = (...of) => (flaws.isNeverCut ? undefined : real.cutAt(...of))
  return { ...real, cutAt }
})

const statesWanted = Number(process.env['ODRADEK_QUEUE_CRASH_STATES'] ?? 4_000)
const seed = Number(process.env['ODRADEK_CRASH_SEED'] ?? 1)
const runsAtOnce = 20

afterEach(() => {
  flaws.isNeverCut = false
  vi.restoreAllMocks()
})

/** Explores workload after workload; rejects, with the smallest one, where a promise is broken. */
async function exploreStates(wanted: number, endOnFailure = false): Promise<string> {
  let [states, whileOpening, runs] = [0, 0, 0]
  while (states < wanted) {
    const property = fc.asyncProperty(workloads, async (workload) => {
      const found = await explore(workload)
      states += found.states
      whileOpening += found.whileOpening
      runs++
    })
    const few = { numRuns: runsAtOnce, seed: seed * 1_000 + runs / runsAtOnce, endOnFailure }
    await fc.assert(property, few)
    if (wanted > 10_000) process.stderr.write(`queue crash states ${states}\n`)
  }
  return `${states} states of ${runs} workloads, ${whileOpening} of cuts while opening after one`
}

/** Time enough for a failure to be made small. */
const timeout = 120_000 + 20 * statesWanted

test('two queues keep their promises in every state', { timeout }, async () => {
  console.log(await exploreStates(statesWanted))
})

/** Has each write of a consumer's state made of batches of one record, in that order. */
function keepInPieces(order: 'notes first' | 'position first'): void {
  const { keep } = QueueState.prototype
  const spy = vi.spyOn(QueueState.prototype, 'keep')
  spy.mockImplementation(async function (this: QueueState, queue, name, changes, durability) {
    const { position, parked } = changes
    const notes = [...parked].map((note) => ({ position: undefined, parked: new Map([note]) }))
    const places = position === undefined ? [] : [{ position, parked: new Map() }]
    const pieces = order === 'notes first' ? [...notes, ...places] : [...places, ...notes]
    for (const piece of pieces) await keep.call(this, queue, name, piece, durability)
  })
}

test('they do so where a write takes several batches', { timeout }, async () => {
  keepInPieces('notes first')
  console.log(await exploreStates(statesWanted / 4))
})

describe('a flaw is found that', { timeout }, () => {
  /** What a search that ends at the first broken promise says of it. */
  async function found(): Promise<string> {
    const error: unknown = await exploreStates(5_000, true).catch((thrown: unknown) => thrown)
    return error instanceof Error ? String(error.cause) : 'nothing'
  }

  test('keeps the position before the notes that it passes', async () => {
    keepInPieces('position first')
    expect(await found()).toMatch(/never came to/)
  })

  test('does not cut what is kept at the end of the messages', async () => {
    flaws.isNeverCut = true
    expect(await found()).toMatch(/never came to/)
  })

  test('acknowledges before what is kept is flushed', async () => {
    vi.spyOn(QueueState.prototype, 'flush').mockResolvedValue()
    expect(await found()).toMatch(/came to \w+ again/)
  })
})
