/** `odradek bench` as a user runs it, beside another broker of ours: what it says and leaves. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { onConnection } from '../../../src/bench/broker/connect.ts'
import { buildLoadGenerator } from '../../../src/bench/harness/build-load-generator.ts'
import { countLed } from '../../../src/bench/partitions/partition-requests.ts'
import { BrokerProcess } from '../broker-process.ts'
import { odradekTarget } from '../broker-target.ts'
import { eventually } from '../eventually.ts'
import { RunningCommand } from './processes.ts'

const bin = join(resolve(import.meta.dirname, '..', '..', '..'), 'bin', 'odradek.js')
const obstacle = await buildLoadGenerator().then(
  () => undefined,
  (error: Error) => error.message,
)
if (obstacle !== undefined) console.log(`skipped: ${obstacle}`)

describe.skipIf(obstacle !== undefined)('bench', () => {
  let other: BrokerProcess
  let results: string
  let data: string

  beforeAll(async () => {
    other = await BrokerProcess.start({ target: odradekTarget })
    results = mkdtempSync(join(tmpdir(), 'odradek-results-'))
    data = mkdtempSync(join(tmpdir(), 'odradek-data-'))
  })

  afterEach(async () => {
    expect(await onConnection(other.endpoint, countLed)).toBe(0)
    expect(readdirSync(data)).toEqual([])
  })

  afterAll(async () => {
    await other?.dispose()
    for (const folder of [results, data]) rmSync(folder, { recursive: true, force: true })
  })

  const against = (...args: string[]) =>
    new RunningCommand(process.execPath, [
      ...[bin, 'bench', '--against', other.address, '--cold', '--rounds', '1'],
      ...['--data', relative(process.cwd(), data)],
      ...['--workload', 'produce-small', ...args],
    ])

  it('says and writes what it measured; no ratio of one pair; the report drawn again', async () => {
    const [json, page, again] = ['a.json', 'page.html', 'again.html'].map((name) =>
      join(results, name),
    ) as [string, string, string]
    const { code, out, err } = await against(
      ...['--seconds', '0.2', '--json', json, '--html', page],
    ).end()
    expect([code, err]).toEqual([0, expect.stringContaining('produce-small, round 1 of 1')])
    const lines = out.toString().split('\n')
    expect(lines).toContain('No ratio: 1 interleaved pair, a ratio needs 3.')
    expect(lines.filter((line) => /^times|^held.* times/.test(line))).toEqual([])
    expect(lines.filter((line) => line.startsWith('not judged: 64 connections'))).toHaveLength(1)
    expect(lines.filter((line) => /^(held|MISSED): 64 connections broker/.test(line))).toHaveLength(
      1,
    )
    const written = JSON.parse(readFileSync(json, 'utf8'))
    expect(written.sides).toEqual(['odradek', other.address])
    const [ours, theirs] = written.workloads[0].turns
    expect(ours.broker.firstProduceMs).toBeGreaterThan(0)
    expect(theirs.broker).toBeUndefined()
    for (const { cases, durability } of [ours, theirs]) {
      expect(cases['64 connections'].requestsPerSecond).toBeGreaterThan(0)
      expect(durability['flush.messages']).toBe('9223372036854775807')
    }
    expect(theirs.cases['64 connections'].brokerCpuSeconds).toBeUndefined()
    expect(readFileSync(page, 'utf8')).toContain(`64 connections, ${other.address}`)
    expect(readFileSync(join(results, 'page.produce-small.svg'), 'utf8')).toMatch(/^<svg/)
    const drawn = new RunningCommand(process.execPath, [
      ...[bin, 'bench', '--from', json, '--html', again],
    ])
    expect((await drawn.end()).out.toString()).toBe(out.toString())
    expect(readFileSync(again, 'utf8')).toBe(readFileSync(page, 'utf8'))
  })

  it.each([
    ['ours', () => readdirSync(data).length > 0],
    ['the other', async () => (await onConnection(other.endpoint, countLed)) > 6],
  ] as const)('ends at SIGTERM while it measures %s, and leaves nothing', async (_, isMeasured) => {
    const command = against('--seconds', '3')
    await eventually('it measures', isMeasured)
    command.signal('SIGTERM')
    const { code, out, err } = await command.end()
    expect([code, out.toString()]).toEqual([143, ''])
    expect(err).toMatch(/Stopped\.\n$/)
    expect(processesOf(data)).toEqual([])
  })
})

/** Command lines of processes that name a folder. */
function processesOf(folder: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const file = `/proc/${pid}/cmdline`
      const line = existsSync(file) ? readFileSync(file, 'utf8').replaceAll('\0', ' ') : ''
      return line.includes(folder) ? [line] : []
    })
}
