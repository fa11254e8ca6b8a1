// Searches power cuts of the log's workloads on a disk in memory, with one process per processor,
// and then those of made-up lives of queues:
//   npm run crash:explore -- [--states N] [--queue-states N] [--seed N] [--processes N]
// Distinct states are counted over all processes: each takes its own part of them. The same numbers
// make the same search. Ends with 1 at the first state that log or queue do not survive.
import { spawn, spawnSync } from 'node:child_process'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { root } from './native-sources.mjs'
import { buildFolder, make } from './sanitized.mjs'

const { values } = parseArgs({
  options: {
    states: { type: 'string', default: '1000000' },
    'queue-states': { type: 'string', default: '50000' },
    seed: { type: 'string', default: '1' },
    processes: { type: 'string', default: String(cpus().length) },
  },
})

/** The whole number of an option; ends the program where it is none. */
function number(name) {
  const value = Number(values[name])
  if (!Number.isSafeInteger(value) || value < 1) {
    console.error(`--${name} is ${values[name]}; it must be a whole number above 0`)
    process.exit(2)
  }
  return value
}

const [states, seed, processes] = [number('states'), number('seed'), number('processes')]
const queueStates = number('queue-states')
if (!make('VARIANT=debug', 'FOLDER=log', 'native_test')) process.exit(1)

const begun = Date.now()
const program = join(buildFolder('debug'), 'native_test_log')
const args = ['--no-skip', '--no-intro', '--test-case=power cuts by the million']
const found = Array(processes).fill(0)

/** Prints what all processes together have seen, over the line before. */
function report(end = '') {
  const sum = found.reduce((a, b) => a + b, 0)
  const seconds = (Date.now() - begun) / 1000
  const rate = Math.round(sum / seconds)
  const line = `${sum} of ${states} distinct states, ${rate}/s, ${Math.round(seconds)} s`
  process.stderr.write(process.stderr.isTTY ? `\r${line}   ${end}` : `${line}\n`)
}

/** One part of the search; true if the log survived all of it. */
function explore(shard) {
  return new Promise((resolve) => {
    const env = {
      ...process.env,
      ODRADEK_CRASH_SHARD: `${shard}/${processes}`,
      ODRADEK_CRASH_STATES: String(Math.ceil(states / processes)),
      ODRADEK_CRASH_SEED: String(seed),
    }
    const child = spawn(program, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout.on('data', (text) => process.stdout.write(text))
    child.stderr.on('data', (text) => {
      const last = [...String(text).matchAll(/crash states (\d+)/g)].at(-1)
      if (!last) return process.stderr.write(text)
      found[shard] = Number(last[1])
      report()
    })
    child.on('close', (code) => resolve(code === 0))
  })
}

const survived = await Promise.all(found.map((_, shard) => explore(shard)))
report('\n')
if (!survived.every(Boolean)) process.exit(1)

const vitest = ['vitest', 'run', '--project=unit', 'test/queue/crash', '-t', 'in every state']
const env = { ...process.env, ODRADEK_QUEUE_CRASH_STATES: String(queueStates) }
env.ODRADEK_CRASH_SEED = String(seed)
const queues = spawnSync('npx', vitest, { cwd: root, env, stdio: 'inherit' })
process.exit(queues.status ?? 1)
