/** A broker inside of a test, in the ways in which vitest runs tests: processes and threads. */
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const vitest = join(
  dirname(createRequire(import.meta.url).resolve('vitest/package.json')),
  'vitest.mjs',
)
const config = fileURLToPath(new URL('vitest.config.ts', import.meta.url))

/** The limits are those of a machine that does nothing else, which a test cannot have. */
const attempts = 3

it.each(['forks', 'threads'])('starts and serves a group in the pool "%s"', (pool) => {
  const line = [vitest, 'run', '--config', config, '--pool', pool]
  let told = ''
  for (let attempt = 0; attempt < attempts; attempt++) {
    const run = spawnSync(process.execPath, line, { encoding: 'utf8', timeout: 120_000 })
    const figures = run.stdout.split('\n').filter((text) => text.includes('start/first record'))
    console.log(`${pool}: ${figures.join()}`)
    expect(figures, run.stdout + run.stderr).toHaveLength(1)
    if (run.status === 0) return
    told = run.stdout + run.stderr
  }
  expect.fail(told)
})
