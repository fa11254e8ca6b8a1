import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readSettings } from '../../../src/cli/client-config/settings.ts'

const folder = mkdtempSync(join(tmpdir(), 'odradek-settings-'))
afterAll(() => rmSync(folder, { recursive: true }))

function fileOf(text: string): string {
  const file = join(folder, 'client.properties')
  writeFileSync(file, text, 'latin1')
  return file
}

test('a file is read as Java reads it, and the command line wins', () => {
  const file = fileOf('# ours\nclient.id = caf\xe9\nlinger.ms: 5\nacks=\\\n  all\n')
  const settings = readSettings(file, { 'linger.ms': '7' })
  expect(settings.take('client.id')).toBe('caf\xe9')
  expect(settings.take('linger.ms')).toBe('7')
  expect(settings.take('acks')).toBe('all')
  expect(settings.take('retries')).toBeUndefined()
})

test('what was not asked for is the rest, with its place', () => {
  const file = fileOf('a=1\nb=2\nc=3\n')
  const settings = readSettings(file, { d: '4', b: '5' })
  settings.take('a')
  settings.pass('d')
  expect(settings.rest).toEqual([
    { name: 'b', value: '5', from: '--command-property' },
    { name: 'c', value: '3', from: `${file} line 3` },
  ])
})

test('an error tells file and line, or neither for what is missing', () => {
  const file = fileOf('\na=1\n')
  const settings = readSettings(file)
  expect(settings.error('a', 'is wrong').message).toBe(`${file} line 2: a is wrong.`)
  expect(settings.error('b', 'is missing').message).toBe('b is missing.')
})

test('files that cannot be read', () => {
  const bad = fileOf('a=\\u00\n')
  expect(() => readSettings(bad)).toThrow(`${bad} line 1: \\u needs four hexadecimal digits.`)
  expect(() => readSettings('/nonexistent/x')).toThrow(
    'Cannot read the config file /nonexistent/x: it does not exist.',
  )
})
