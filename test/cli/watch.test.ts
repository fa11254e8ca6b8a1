import { expect, test } from 'vitest'
import { createTerminal, type Terminal } from '../../src/cli/terminal.ts'
import { watch } from '../../src/cli/watch.ts'

/** A terminal of that height that keeps what is written, or none at all. */
function screen(rows?: number): { readonly terminal: Terminal; readonly written: string[] } {
  const written: string[] = []
  const write = (text: string) => written.push(text) > 0
  const stream = { isTTY: rows !== undefined, rows, columns: 80, write }
  return { terminal: createTerminal(stream as never, stream as never, {}), written }
}

/** Ends a watch at its look of that number. */
function until(looks: number, lines: (look: number) => string[]) {
  const stop = new AbortController()
  let look = 0
  const next = async () => {
    if (look === looks) stop.abort()
    return lines(look++)
  }
  return { stop, next }
}

test('elsewhere than on a terminal one look follows the other', async () => {
  const { terminal, written } = screen()
  const { stop, next } = until(3, (look) => [`look ${look}`])
  await watch(next, 0, terminal, stop.signal)
  expect(written).toEqual(['look 0\n', 'look 1\n', 'look 2\n'])
})

test('on a terminal a look takes the place of the one before, as high as it is', async () => {
  const { terminal, written } = screen(3)
  const { stop, next } = until(2, (look) => ['a', 'b', 'c', 'd'].map((one) => `${one}${look}`))
  await watch(next, 0, terminal, stop.signal)
  const home = ['\x1b[1;1H', '\x1b[0J']
  const lines = (look: number) => [`a${look}\n`, `b${look}\n`]
  expect(written).toEqual(['\x1b[?7l', ...home, ...lines(0), ...home, ...lines(1), '\x1b[?7h'])
})

test('a terminal that does not tell its height shows everything', async () => {
  const { terminal, written } = screen(0)
  const { stop, next } = until(1, () => ['a', 'b', 'c'])
  await watch(next, 0, terminal, stop.signal)
  expect(written.filter((text) => text.endsWith('\n'))).toEqual(['a\n', 'b\n', 'c\n'])
})

test('a look that fails ends it with its failure, and the terminal is as before', async () => {
  const { terminal, written } = screen(10)
  const failing = watch(
    () => Promise.reject(new Error('no broker')),
    0,
    terminal,
    new AbortController().signal,
  )
  await expect(failing).rejects.toThrow('no broker')
  expect(written).toEqual(['\x1b[?7l', '\x1b[?7h'])
})
