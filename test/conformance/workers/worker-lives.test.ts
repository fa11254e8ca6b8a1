/**
 * Worker threads that load the package and read a log: they come and go in every way, garbage is
 * collected under what waits, and the process ends with work in flight. No crash, no leak, no hang.
 * Programs of their own do it, so that a sanitized addon can take part.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { odradekTarget, sanitizedTarget } from '../broker-target.ts'

const variant = process.env['CONFORMANCE_SANITIZER']
/** `npm run test:workers`: 1,000. */
const cycles = Number(process.env['CONFORMANCE_CYCLES'] ?? 24)
const target = variant ? sanitizedTarget(variant) : odradekTarget
const env = target.environment()
/** With ASan: what nothing leads to at the end of a program, and was not freed, is an error. */
const leakless = {
  ...env,
  ASAN_OPTIONS: env['ASAN_OPTIONS']?.replace('detect_leaks=0', 'detect_leaks=1'),
}
const timeout = 60_000 + cycles * (variant ? 6_000 : 1_000)

/**
 * What the process may have more at the end than after its warm-up, in MiB. A reader that is kept
 * has about 1.5, so that a leak of one for each cycle is seen: the control shows it.
 */
const grownMiBMax = 24

interface Figures {
  readonly rssMiB: number
  readonly threads: number
  readonly descriptors: number
}

/** Runs a program of this folder on a folder of its own. */
function run(program: string, ...args: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'odradek-workers-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const line = ['--expose-gc', join(import.meta.dirname, program), join(folder, 'data'), ...args]
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, line, {
    encoding: 'utf8',
    env: program === 'exits.mjs' ? env : leakless,
    timeout,
    killSignal: 'SIGKILL',
  })
  return { status, signal, stdout, stderr }
}

/** Cycles; how they ended, and what the process had before and after. */
function cyclesOf(count: number, ...args: readonly string[]) {
  const { stdout, ...ended } = run('cycles.mjs', String(count), ...args)
  expect(ended).toEqual({ status: 0, signal: null, stderr: '' })
  const figures = JSON.parse(stdout) as {
    readonly told: Readonly<Record<string, number>>
    readonly before: Figures
    readonly after: Figures
  }
  console.log(`${count} cycles${variant ? `, ${variant}` : ''}: ${stdout.trim()}`)
  return { ...figures, grownMiB: figures.after.rssMiB - figures.before.rssMiB }
}

it(`${cycles} workers that read and end, in every way, leave nothing`, { timeout }, () => {
  const { told, before, after, grownMiB } = cyclesOf(cycles)
  expect(Math.min(...Object.values(told))).toBeGreaterThanOrEqual(Math.floor(cycles / 6))
  // Pools that all share grow when they are busy. Of 24 cycles each way to end has four.
  expect(after.threads).toBeLessThan(before.threads + 4)
  // The log's own come and go by a few.
  expect(after.descriptors).toBeLessThan(before.descriptors + 10)
  // Sanitizers keep what was freed.
  if (variant === undefined) expect(grownMiB).toBeLessThan(grownMiBMax)
})

it('control: a reader that is kept by each of 24 cycles is seen', { timeout }, () => {
  expect(cyclesOf(24, 'leak').grownMiB).toBeGreaterThan(grownMiBMax)
})

it('what is pending is settled, whatever is collected under it', { timeout }, () => {
  const rounds = String(Math.ceil(cycles / 3))
  const expected = { status: 0, signal: null, stdout: 'all is settled\n', stderr: '' }
  expect(run('collected.mjs', rounds)).toEqual(expected)
})

it.each([
  ['main', 'append', 'exit', 5],
  ['main', 'flush', 'exit', 5],
  ['main', 'live', 'exit', 5],
  ['main', 'read', 'exit', 5],
  ['main', 'close', 'exit', 5],
  ['main', 'live', 'throw', 1],
  ['worker', 'live', 'exit', 5],
  ['worker', 'read', 'exit', 5],
  ['worker', 'close', 'exit', 5],
  ['worker', 'live', 'throw', 1],
  ['worker', 'read', 'terminate', 1],
] as const)(
  'the %s thread ends in the middle of %s, by %s',
  { timeout },
  (where, what, how, code) => {
    for (let i = 0; i < Math.ceil(cycles / 100); i++) {
      const { stderr, status, signal } = run('exits.mjs', where, what, how)
      expect({ status, signal }, stderr).toEqual({ status: code, signal: null })
      const isThrown = where === 'main' && how === 'throw'
      if (isThrown) expect(stderr).toContain('nobody catches this')
      else expect(stderr).toBe('')
    }
  },
)
