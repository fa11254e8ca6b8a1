import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const module = new URL('../../../dist/bench/harness/discard.js', import.meta.url)

/** Discards a folder of so many files in a process; gives what a large one of them takes then. */
function discarded(files: number): { folder: string; stdout: string; stderr: string } {
  const folder = mkdtempSync(join(tmpdir(), 'odradek-discard-'))
  mkdirSync(join(folder, 'data', 'topic-0'), { recursive: true })
  for (let i = 1; i < files; i++) writeFileSync(join(folder, 'data', `${i}.index`), '')
  writeFileSync(join(folder, 'data', 'topic-0', '0.log'), 'x'.repeat(100_000))
  const program = `
    const { discard } = await import(${JSON.stringify(module)})
    const { statSync } = await import('node:fs')
    discard(process.argv[1])
    const log = statSync(process.argv[1] + '/data/topic-0/0.log', { throwIfNoEntry: false })
    console.log(log?.size ?? 'gone')`
  const args = ['--input-type=module', '--eval', program, folder]
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  return { folder, stdout, stderr }
}

test('a discarded folder of many files takes no room at once, and is gone with the process', () => {
  const { folder, stdout, stderr } = discarded(1_000)
  expect(stderr).toBe('')
  expect(stdout).toBe('0\n')
  expect(existsSync(folder)).toBe(false)
})

test('one of few files is gone at once', () => {
  const { folder, stdout, stderr } = discarded(999)
  expect(stderr).toBe('')
  expect(stdout).toBe('gone\n')
  expect(existsSync(folder)).toBe(false)
})
