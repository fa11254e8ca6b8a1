/**
 * A process with two queues that is killed again and again: nothing that was put is lost, nothing
 * that was acknowledged comes again, and what was handed over was handed over once.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { randomBelow, seededRandom } from '../../../src/base/random.ts'
import { eventually } from '../eventually.ts'

const root = join(import.meta.dirname, '..', '..', '..')
const kills = Number(process.env['CONFORMANCE_KILLS'] ?? 15)
const seed = Number(process.env['CONFORMANCE_SEED'] ?? Date.now() % 1_000_000)
/** More than a process puts. */
const numbersOfEach = 1_000_000

interface Event {
  readonly what: string
  readonly value: string
}

/** Runs the process, until it ends or `killAfterMs` after it has opened its store; what it said. */
async function run(args: readonly string[], killAfterMs?: number): Promise<Event[]> {
  const worker = join(import.meta.dirname, 'queue-worker.ts')
  const [folder = ''] = args
  // A file takes each line before the next step; a pipe may be full.
  const file = join(folder, '..', `${basename(folder)}.said`)
  const out = openSync(file, 'w')
  const child = spawn(process.execPath, ['scripts/run-ts.mjs', worker, ...args], {
    cwd: root,
    stdio: ['ignore', out, 'inherit'],
  })
  closeSync(out)
  onTestFinished(() => void child.kill('SIGKILL'))
  onTestFinished(() => rmSync(file, { force: true }))
  const closed = once(child, 'close')
  if (killAfterMs !== undefined) {
    const isOpen = () => child.exitCode !== null || readFileSync(file, 'utf8').startsWith('open')
    await eventually('the store is open', isOpen)
    await sleep(killAfterMs)
    child.kill('SIGKILL')
  }
  const [code] = await closed
  expect(code).toBe(killAfterMs === undefined ? 0 : null)
  // A line that was cut off was not said.
  const said = readFileSync(file, 'utf8')
  const lines = said
    .slice(0, said.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1)
  return lines.map((line) => {
    const [what = '', value = ''] = line.split(' ')
    return { what, value }
  })
}

test(`queues of a process that is killed ${kills} times keep their promises (seed ${seed})`, {
  timeout: 120_000 + kills * 5_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'odradek-queue-kills-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const random = seededRandom(seed)
  const events: Event[] = []
  for (let round = 0; round < kills; round++) {
    const first = String(round * numbersOfEach)
    events.push(...(await run([folder, first], 20 + randomBelow(random, 300))))
  }
  events.push(...(await run([folder, String(kills * numbersOfEach), 'drain'])))

  const finished = new Set<string>()
  for (const { what, value } of events) {
    if (what === 'took') expect(finished.has(value), `${value} came again`).toBe(false)
    if (what === 'finished') finished.add(value)
  }
  const values = (name: string) => events.filter(({ what }) => what === name).map((e) => e.value)
  const put = values('put')
  expect(put.length).toBeGreaterThan(kills)
  const out = values('out')
  expect(out.length).toBe(new Set(out).size)
  const made = new Set(out)
  expect(put.filter((value) => !made.has(value))).toEqual([])
  expect([...finished].filter((value) => !made.has(value))).toEqual([])
  const again = values('made').length - new Set(values('made')).size
  console.log(`${put.length} puts acknowledged, ${finished.size} finished, ${again} made again`)
})
