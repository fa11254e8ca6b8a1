import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '..', '..')
const run = promisify(execFile)
const hasCompiler = spawnSync('c++', ['--version'], { stdio: 'ignore' }).status === 0
if (!hasCompiler) console.log('skipped: c++ is not installed')

/** Each bench as its command runs it, as short as it can be. */
describe.skipIf(!hasCompiler)('the bench programs', () => {
  let folder: string

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'odradek-bench-'))
  })

  afterAll(() => {
    rmSync(folder, { recursive: true })
  })

  /** What a bench printed, and what it wrote; it must have removed its brokers' folders. */
  async function bench(name: string, ...options: string[]) {
    const json = join(folder, 'results.json')
    const common = ['--rounds', '1', '--data', folder, '--json', json]
    const args = ['scripts/run-ts.mjs', `bench/${name}.ts`, ...common, ...options]
    const { stdout } = await run(process.execPath, args, { cwd: root })
    expect(readdirSync(folder)).toEqual(['results.json'])
    return { lines: stdout.split('\n'), results: JSON.parse(readFileSync(json, 'utf8')) }
  }

  it('produce: the chosen case, on a broker set up as told', async () => {
    const short = ['--cold', '--seconds', '0.2', '--case', 'small']
    const { lines, results } = await bench('produce', ...short, '--set', 'num.network.threads=2')
    expect(lines.filter((line) => line.startsWith('small'))).toHaveLength(1)
    expect(lines.filter((line) => /^(held|MISSED): small broker/.test(line))).toHaveLength(1)
    expect(results.settings).toMatchObject({ 'num.network.threads': '2' })
    expect(Object.keys(results.runs[0].reports)).toEqual(['small'])
  })

  it('queue: the chosen cases of the chosen peers', async () => {
    const chosen = ['--case', 'synced-1,live-os', '--peer', 'odradek,disk']
    const { lines, results } = await bench('queue', '--seconds', '0.2', ...chosen)
    expect(lines.filter((line) => /^(held|MISSED): live-os latencyUs.p99/.test(line))).toHaveLength(
      1,
    )
    expect(Object.keys(results)).toEqual(['synced-1', 'live-os'])
    expect(Object.keys(results['synced-1']).toSorted()).toEqual(['disk', 'odradek'])
    expect(results['live-os'].odradek[0].latencyUs.p99).toBeGreaterThan(0)
  })

  it('durable: the chosen case beside the disk', async () => {
    const { lines, results } = await bench('durable', '--cold', '--seconds', '0.2', '--case', '1x6')
    expect(lines.filter((line) => line.startsWith('disk'))).toHaveLength(1)
    expect(lines.filter((line) => /^(held|MISSED): 1x6 shareOfDisk/.test(line))).toHaveLength(1)
    expect(results.settings).toEqual({ 'log.flush.interval.messages': '1' })
    const { disk, ...cases } = results.runs[0].reports
    expect(Object.keys(cases)).toEqual(['1x6'])
    const share = cases['1x6'].requestsPerSecond / disk.requestsPerSecond
    expect(cases['1x6'].shareOfDisk).toBeCloseTo(share, 6)
  })

  it('recovery: both modes, and whether they are within their limits', async () => {
    const small = ['--gib', '0.02', '--partitions', '10']
    const { lines, results } = await bench('recovery', ...small)
    for (const mode of ['page-cache', 'flush-each']) {
      expect(lines.filter((line) => line.startsWith(mode))).toHaveLength(2)
      for (const figure of ['produceMs', 'fetchMs']) {
        const verdict = new RegExp(`^(held|MISSED): ${mode} ${figure} is [\\d,.]+, at most 1,000$`)
        expect(lines.filter((line) => verdict.test(line))).toHaveLength(1)
      }
    }
    const names = results.runs.map(({ name }: { readonly name: string }) => name)
    expect(names).toEqual(['page-cache', 'flush-each'])
  })

  it('client: ours beside another and beside a bare socket, producing and consuming', async () => {
    const own = ['--client', 'odradek,kafkajs,bare-socket', '--node', process.versions.node]
    const short = ['--cold', '--seconds', '0.2', '--records', '60000', '--partitions', '2']
    const cases = ['sends', 'idle', 'one-by-one', 'by-batch']
    const { lines, results } = await bench('client', ...own, ...short, '--case', cases.join())
    expect(lines.filter((line) => line.startsWith('odradek '))).toHaveLength(4)
    expect(lines.filter((line) => line.startsWith('kafkajs '))).toHaveLength(4)
    expect(lines.filter((line) => /^(held|MISSED): (sends|idle) /.test(line))).toHaveLength(2)
    const [{ figures }] = results.runs
    for (const name of cases) {
      expect(figures[name].odradek.recordsPerSecond).toBeGreaterThan(0)
      expect(figures[name].kafkajs.recordsPerSecond).toBeGreaterThan(0)
    }
    expect(figures.idle['bare-socket'].latencyMs.p50).toBeGreaterThan(0)
  })

  it('codecs: each size, here and on a thread', async () => {
    const json = join(folder, 'codecs.json')
    const args = ['scripts/run-ts.mjs', 'bench/codecs.ts', '--ms', '20', '--json', json]
    const chosen = ['--codec', 'lz4,zstd', '--kib', '4,128']
    const { stdout } = await run(process.execPath, [...args, ...chosen], { cwd: root })
    expect(stdout.split('\n').filter((line) => /^(lz4|zstd) +(4|128) /.test(line))).toHaveLength(4)
    const { codecs, lz4 } = JSON.parse(readFileSync(json, 'utf8'))
    rmSync(json)
    for (const one of codecs) {
      expect(one.compressedShare).toBeGreaterThan(0)
      expect(one.compressedShare).toBeLessThan(1)
      expect(one.compressUs).toBeGreaterThan(0)
      expect(one.decompressUs).toBeGreaterThan(0)
      expect(one.decompressHandedOverUs).toBeGreaterThan(0)
      // Small records are compressed where they are.
      expect(one.compressHandedOverUs === null).toBe(one.kib === 4)
    }
    expect(lz4.map(({ kib }: { readonly kib: number }) => kib)).toEqual([4, 128])
    expect(lz4[1].blocksOursUs).toBeGreaterThan(0)
  })

  it('say which cases and options they have', async () => {
    const unknown = bench('durable', '--case', '2x2')
    await expect(unknown).rejects.toThrow('no case is 2x2: they are disk, 1x1, 1x6')
    await expect(bench('recovery', '--durable')).rejects.toThrow("Unknown option '--durable'")
    const { stdout } = await run(process.execPath, [
      join(root, 'scripts', 'run-ts.mjs'),
      join(root, 'bench', 'recovery.ts'),
      '--help',
    ])
    expect(stdout).toMatch(/--gib N +GiB of batches to load before each SIGKILL \(10\)/)
  })
})
