import { expect, test } from 'vitest'
import { Keeper } from '../../../src/queue/delivery/keeper.ts'

/** A keeper whose turns and writes are the test's. */
function bench() {
  const turns: (() => void)[] = []
  const writes: { changes: string; isFinal: boolean; end: (error?: Error) => void }[] = []
  let pending = ''
  const keeper = new Keeper<string>({
    take: () => {
      const changes = pending
      pending = ''
      return changes === '' ? undefined : changes
    },
    putBack: (changes) => {
      pending = changes + pending
    },
    write: (changes, isFinal) =>
      new Promise((resolve, reject) => {
        const end = (error?: Error): void => (error ? reject(error) : resolve(undefined))
        writes.push({ changes, isFinal, end })
      }),
    later: (call) => turns.push(call),
  })
  const turn = (): void => {
    for (const call of turns.splice(0)) call()
  }
  const change = (what: string): void => {
    pending += what
  }
  const told = () => writes.map(({ changes, isFinal }) => `${changes}${isFinal ? '!' : ''}`)
  return { keeper, turn, change, writes, told, turns }
}

const soon = () => new Promise((resolve) => setImmediate(resolve))

test('what changes in a turn is kept together, for good if somebody waits', async () => {
  const { keeper, turn, change, writes, told } = bench()
  change('a')
  keeper.touch()
  change('b')
  const settled = keeper.settle()
  turn()
  expect(told()).toEqual(['ab!'])
  writes[0]?.end()
  await settled
  change('c')
  keeper.touch()
  turn()
  expect(told()).toEqual(['ab!', 'c'])
})

test('what changes while a write is under way is in the next one', async () => {
  const { keeper, turn, change, writes, told, turns } = bench()
  change('a')
  const first = keeper.settle()
  turn()
  change('b')
  keeper.touch()
  change('c')
  const second = keeper.settle()
  turn()
  expect([told(), turns.length]).toEqual([['a!'], 0])
  writes[0]?.end()
  await first
  await soon()
  turn()
  expect(told()).toEqual(['a!', 'bc!'])
  writes[1]?.end()
  await second
  await soon()
  expect(turns).toEqual([])
})

test('what only was handed out meanwhile is kept as well', async () => {
  const { keeper, turn, change, writes, told } = bench()
  change('a')
  keeper.touch()
  turn()
  change('b')
  keeper.touch()
  writes[0]?.end()
  await soon()
  turn()
  expect(told()).toEqual(['a', 'b'])
})

test('what was not kept comes again with the next, and who waited is told', async () => {
  const { keeper, turn, change, writes, told } = bench()
  change('a')
  const lost = keeper.settle()
  turn()
  writes[0]?.end(new Error('no room'))
  await expect(lost).rejects.toThrow('no room')
  change('b')
  const settled = keeper.settle()
  turn()
  expect(told()).toEqual(['a!', 'ab!'])
  writes[1]?.end()
  await settled
})

test('nothing to keep is kept at once', async () => {
  const { keeper, turn, writes } = bench()
  const settled = keeper.settle()
  turn()
  await settled
  expect(writes).toEqual([])
})
