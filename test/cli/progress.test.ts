import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { progressBar } from '../../src/cli/progress.ts'
import { createTerminal } from '../../src/cli/terminal.ts'
import { capturedTerminal } from './captured-terminal.ts'

test('draws a bar in MB on a terminal, and takes it away', async () => {
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 100 })
  const terminal = createTerminal(process.stdout, stream, {})
  expect(terminal.errStream).toBe(stream)
  const bar = await progressBar('Checking', terminal)
  bar.update(0, 2_000_000)
  bar.update(1_000_000, 2_000_000)
  bar.end()
  const drawn = String(stream.read())
  expect(drawn).toContain('Checking')
  expect(drawn).toMatch(/0% 0 of 2 MB/)
  bar.update(2_000_000, 2_000_000)
})

test('is silent elsewhere', async () => {
  const terminal = capturedTerminal()
  const bar = await progressBar('Checking', terminal)
  bar.update(1, 2)
  bar.end()
  expect(terminal.stderr).toEqual([])
  expect(terminal.errStream).toBeUndefined()
})
