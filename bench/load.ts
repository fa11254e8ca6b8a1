/**
 * The load generator by hand: `npm run bench:load -- --help`. See ../load/native/README.md.
 */
import { spawnSync } from 'node:child_process'
import { buildLoadGenerator } from '../src/bench/harness/build-load-generator.ts'

const { status } = spawnSync(await buildLoadGenerator(), process.argv.slice(2), {
  stdio: 'inherit',
})
process.exitCode = status ?? 1
