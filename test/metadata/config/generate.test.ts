import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { configPagePath, isStale } from '../../../src/metadata/config/generate.ts'
import { configPage } from '../../../src/metadata/config/page.ts'

test('the checked-in page is what the tables give: else `npm run generate:configs`', () => {
  expect(isStale(configPagePath)).toBe(false)
})

test('a page that was edited or is missing is stale', () => {
  const folder = mkdtempSync(join(tmpdir(), 'odradek-configs-'))
  const page = join(folder, 'configs.md')
  expect(isStale(page)).toBe(true)
  copyFileSync(configPagePath, page)
  expect(isStale(page)).toBe(false)
  writeFileSync(page, `${configPage()}\n`)
  expect(isStale(page)).toBe(true)
  rmSync(folder, { recursive: true })
})
