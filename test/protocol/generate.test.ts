import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { generatedFiles, generatedFolder, staleFiles } from '../../src/protocol/generate.ts'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'odradek-generate-'))
  cpSync(generatedFolder(), folder, { recursive: true })
})

afterEach(() => rmSync(folder, { recursive: true }))

test('the checked-in modules are what the schemas give', () => {
  expect(staleFiles(generatedFolder())).toEqual([])
})

test('a module that was edited, is missing or has no schema is stale', () => {
  writeFileSync(join(folder, '01-fetch.ts'), 'export {}\n')
  rmSync(join(folder, 'record', 'group.ts'))
  writeFileSync(join(folder, '99-retired.ts'), 'export {}\n')
  expect(staleFiles(folder)).toEqual(['01-fetch.ts', 'record/group.ts', '99-retired.ts'])
})

test('no line is longer than 120 columns, nearly all fit 100', () => {
  const lines = [...generatedFiles().values()].flatMap((text) => text.split('\n'))
  expect(lines.filter((line) => line.length > 120)).toEqual([])
  expect(lines.filter((line) => line.length > 100).length).toBeLessThan(lines.length / 500)
})
