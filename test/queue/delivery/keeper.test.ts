import { expect, test } from 'vitest'
import { Keeper } from '../../../src/queue/delivery/keeper.ts'

/** A keeper whose turns, writes and flushes are the test's. */
function bench() {
  const turns: (() => void)[] = []
  const writes: { what: string; end: (error?: Error) => void }[] = []
  let pending = ''
  const step = (what: string): Promise<void> =>
    new Promise((resolve, reject) => {
      writes.push({ what, end: (error) => (error ? reject(error) : resolve()) })
    })
  const keeper = new Keeper<string>({
    take: () => {
      // Two at a time.
      const changes = pending.slice(0, 2)
      pending = pending.slice(2)
      return changes === '' ? undefined : changes
    },
    putBack: (changes) => {
      pending = changes + pending
    },
    write: step,
    flush: () => step('flush'),
    later: (call) => turns.push(call),
  })
  const turn = async (): Promise<void> => {
    for (const call of turns.splice(0)) call()
    await soon()
  }
  const change = (what: string): void => {
    pending += what
  }
  /** Ends the newest write or flush. */
  const end = async (error?: Error): Promise<void> => {
    writes.at(-1)?.end(error)
    await soon()
  }
  const told = () => writes.map(({ what }) => what)
  return { keeper, turn, change, end, told, turns }
}

const soon = () => new Promise((resolve) => setImmediate(resolve))

/** What becomes of it, as text. */
const outcome = (promise: Promise<void>) =>
  promise.then(
    () => 'kept',
    (error: Error) => error.message,
  )

test('what changes in a turn is kept together, and flushed if somebody waits', async () => {
  const { keeper, turn, change, end, told } = bench()
  change('a')
  keeper.touch()
  change('b')
  const settled = keeper.settle()
  await turn()
  expect(told()).toEqual(['ab'])
  await end()
  expect(told()).toEqual(['ab', 'flush'])
  await end()
  await settled
  change('c')
  keeper.touch()
  await turn()
  await end()
  expect(told()).toEqual(['ab', 'flush', 'c'])
})

test('what changes while a flush is under way shares the next', async () => {
  const { keeper, turn, change, end, told, turns } = bench()
  change('a')
  const first = keeper.settle()
  await turn()
  await end()
  change('b')
  const [second, third] = [keeper.settle(), keeper.settle()]
  await turn()
  expect([told(), turns.length]).toEqual([['a', 'flush'], 0])
  await end()
  await first
  await turn()
  await end()
  await end()
  await Promise.all([second, third])
  await turn()
  expect([told(), turns]).toEqual([['a', 'flush', 'b', 'flush'], []])
})

test('a write waits for no flush, but for the write before it', async () => {
  const { keeper, turn, change, end, told } = bench()
  change('a')
  void keeper.settle()
  await turn()
  await end()
  change('bcd')
  const written = keeper.write()
  await soon()
  expect(told()).toEqual(['a', 'flush', 'bc'])
  const next = keeper.write()
  await soon()
  expect(told()).toEqual(['a', 'flush', 'bc'])
  await end()
  expect(told()).toEqual(['a', 'flush', 'bc', 'd'])
  await end()
  await Promise.all([written, next])
})

test('behind a write that failed nothing is written before what it had', async () => {
  const { keeper, turn, change, end, told } = bench()
  change('abc')
  const lost = outcome(keeper.settle())
  await turn()
  const next = outcome(keeper.write())
  await end(new Error('no room'))
  expect(await lost).toBe('no room')
  expect(told()).toEqual(['ab', 'ab'])
  await end()
  await end()
  expect([await next, told()]).toEqual(['kept', ['ab', 'ab', 'c']])
})

test('who waits for a flush that fails is told, and the next one is another', async () => {
  const { keeper, turn, change, end, told } = bench()
  change('a')
  const lost = outcome(keeper.settle())
  await turn()
  await end()
  await end(new Error('broken'))
  expect(await lost).toBe('broken')
  const again = outcome(keeper.settle())
  await turn()
  await end()
  expect([await again, told()]).toEqual(['kept', ['a', 'flush', 'flush']])
})

test('a stop keeps what changed, and nothing is written after it', async () => {
  const { keeper, turn, change, end, told, turns } = bench()
  change('a')
  const acknowledged = outcome(keeper.settle())
  await turn()
  await end()
  change('b')
  const stopped = outcome(keeper.stop())
  await end()
  expect(await acknowledged).toBe('kept')
  await turn()
  await end()
  await end()
  expect([await stopped, told()]).toEqual(['kept', ['a', 'flush', 'b', 'flush']])
  change('c')
  keeper.touch()
  expect(await Promise.all([outcome(keeper.write()), outcome(keeper.settle())])).toEqual([
    'nothing is kept any more',
    'nothing is kept any more',
  ])
  await keeper.stop()
  expect([turns, told().length]).toEqual([[], 4])
})
