import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { setUp } from './client-tools.ts'

const folder = mkdtempSync(join(tmpdir(), 'odradek-tools-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function script(name: string, body: string): string {
  const path = join(folder, name)
  writeFileSync(path, `#!/bin/sh\n${body}\n`, { mode: 0o755 })
  return path
}

it('a script that did its work says what it set up', () => {
  expect(setUp(script('works', 'echo python3; echo driver.py'))).toEqual({
    command: ['python3', 'driver.py'],
  })
})

it('a script is given its arguments as they are', () => {
  const path = script('repeats', `printf '%s\\n' "$@"`)
  expect(setUp(path, ['a b', 'c']).command).toEqual(['a b', 'c'])
})

it('one that could not says why in its last line, or at least which one it was', () => {
  const path = script('fails', 'echo "fetching"; echo "there is no network"; exit 1')
  expect(setUp(path)).toEqual({ obstacle: 'there is no network' })
  const silent = script('silent', 'exit 3')
  expect(setUp(silent)).toEqual({ obstacle: `${silent} ended with 3` })
  expect(setUp(join(folder, 'missing')).obstacle).toContain('ENOENT')
})
