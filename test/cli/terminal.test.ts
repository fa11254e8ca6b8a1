import { expect, test } from 'vitest'
import { createTerminal, failureLine, tableLines } from '../../src/cli/terminal.ts'

function captured(isTTY: boolean, environment: Record<string, string> = {}) {
  const written: string[] = []
  const stream = { isTTY, write: (text: string | Uint8Array) => written.push(String(text)) > 0 }
  return { written, terminal: createTerminal(stream, stream, environment) }
}

test('colours appear on a terminal only, and NO_COLOR turns them off', () => {
  const sequence = '\u001b['
  expect(captured(true).terminal.styles.bad('x')).toContain(sequence)
  expect(captured(false).terminal.styles.bad('x')).toBe('x')
  expect(captured(true, { NO_COLOR: '1' }).terminal.styles.bad('x')).toBe('x')
})

test('each stream has colours by itself: a file of output or of errors gets none', () => {
  const stream = (isTTY: boolean) => ({ isTTY, write: () => true })
  const piped = createTerminal(stream(false), stream(true), {})
  expect([piped.styles.bad('x'), piped.errStyles.bad('x') === 'x']).toEqual(['x', false])
  const logged = createTerminal(stream(true), stream(false), {})
  expect([logged.styles.bad('x') === 'x', logged.errStyles.bad('x')]).toEqual([false, 'x'])
})

test('a failure is one sentence with one full stop', () => {
  const { terminal } = captured(false)
  expect(failureLine('it is full', terminal)).toBe('odradek: it is full.')
  expect(failureLine('It is full.', terminal)).toBe('odradek: It is full.')
  expect(failureLine('did you mean it?', terminal)).toBe('odradek: did you mean it?')
})

test('a line ends with one line end', () => {
  const { written, terminal } = captured(false)
  terminal.out('one')
  terminal.err('two')
  expect(written).toEqual(['one\n', 'two\n'])
})

test('bytes are written as they are, and who wrote them learns what became of them', async () => {
  const written: Uint8Array[] = []
  let failure: Error | null = null
  const stdout = {
    write: (bytes: string | Uint8Array, done?: (error?: Error | null) => void) => {
      written.push(bytes as Uint8Array)
      setImmediate(() => done?.(failure))
      return false
    },
  }
  const terminal = createTerminal(stdout, stdout, {})
  expect([terminal.isWritten, terminal.outStream]).toEqual([false, undefined])
  const bytes = Buffer.of(0, 255, 10)
  await terminal.write(bytes)
  expect([written, terminal.isWritten]).toEqual([[bytes], true])
  failure = new Error('EPIPE')
  await expect(terminal.write(bytes)).rejects.toBe(failure)
})

test('columns line up, numbers to the right, no trailing blanks', () => {
  const { terminal } = captured(false)
  const rows = [
    ['orders', 12, 'id'],
    ['a', 3, ''],
  ]
  expect(tableLines(['TOPIC', 'PARTITIONS', 'ID'], rows, terminal.styles)).toEqual([
    'TOPIC   PARTITIONS  ID',
    'orders          12  id',
    'a                3  ',
  ])
})
