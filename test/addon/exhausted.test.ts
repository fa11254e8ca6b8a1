import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { binary, planeOptions } from './native-calls.ts'

it('a data plane that finds no descriptor free says so, and starts once there are some', () => {
  const input = JSON.stringify({ binary, planeOptions })
  const script = join(dirname(fileURLToPath(import.meta.url)), 'exhausted.mjs')
  const done = spawnSync(
    '/bin/sh',
    ['-c', 'ulimit -n 64; exec "$0" "$1" "$2"', process.execPath, script, input],
    { encoding: 'utf8', timeout: 30_000 },
  )
  expect(done.stderr).toBe('')
  expect(done.stdout).toMatch(/^StorageError 13: the data plane cannot start: .*descriptors/)
  expect(done.status).toBe(0)
})
