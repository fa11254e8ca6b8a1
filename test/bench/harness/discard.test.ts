import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const module = new URL('../../../dist/bench/harness/discard.js', import.meta.url)

test('a discarded folder takes no room at once, and is gone with the process', () => {
  const folder = mkdtempSync(join(tmpdir(), 'odradek-discard-'))
  mkdirSync(join(folder, 'data', 'topic-0'), { recursive: true })
  writeFileSync(join(folder, 'data', 'topic-0', '0.log'), 'x'.repeat(100_000))
  const program = `
    const { discard } = await import(${JSON.stringify(module)})
    const { statSync } = await import('node:fs')
    discard(process.argv[1])
    console.log(statSync(process.argv[1] + '/data/topic-0/0.log').size)`
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', program, folder],
    { encoding: 'utf8' },
  )
  expect(stderr).toBe('')
  expect(stdout).toBe('0\n')
  expect(existsSync(folder)).toBe(false)
})
