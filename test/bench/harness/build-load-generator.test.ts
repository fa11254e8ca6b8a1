import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'odradek-cache-'))
  vi.stubEnv('XDG_CACHE_HOME', folder)
  vi.stubEnv('CXX', '')
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

/** As in another process: what was built before is not remembered. */
async function build(): Promise<string> {
  vi.resetModules()
  const module = await import('../../../src/bench/harness/build-load-generator.ts')
  return module.buildLoadGenerator()
}

/** A compiler that notes its calls and then does this. */
function compiler(body: string): void {
  const file = join(folder, 'compiler')
  const output = 'while [ "$1" != -o ]; do shift; done; out="$2"'
  const note = `echo "$@" >>"${folder}/calls"`
  writeFileSync(file, `#!/bin/sh\n${note}\n${output}\n${body}\n`, { mode: 0o755 })
  vi.stubEnv('CXX', file)
}

const inCache = (): string[] => readdirSync(join(folder, 'odradek'))
const calls = (): string[] => readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n')

it('compiles once, all sources together, and keeps the program alone', async () => {
  compiler('echo program >"$out"')
  const program = await build()
  expect(readFileSync(program, 'utf8')).toBe('program\n')
  expect(await build()).toBe(program)
  expect(inCache()).toEqual([basename(program)])
  expect(calls()).toHaveLength(1)
  expect(calls()[0]).toMatch(/-std=c\+\+20 .*\/main\.cc .*\/socket\.cc/)
})

it('says what the compiler said, and leaves nothing', async () => {
  compiler(`echo "a.cc:1:2: error: no such thing" >&2; exit 1`)
  await expect(build()).rejects.toThrow(/does not compile by .*: a.cc:1:2: error: no such thing$/)
  expect(inCache()).toEqual([])
})

it('says what to install where there is no compiler', async () => {
  vi.stubEnv('PATH', folder)
  const why = 'the load generator needs a C++ compiler, and there is none; Debian: "apt-get install'
  await expect(build()).rejects.toThrow(why)
})
