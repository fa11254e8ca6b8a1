/** `odradek bench` of an installed package, against a broker that runs. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { BrokerProcess } from '../conformance/broker-process.ts'
import { type Installation, install } from './installation.ts'
import { packTarball, type Tarball } from './tarball.ts'
import { ownNpm, withoutCompiler } from './toolchain.ts'

const hasCompiler = spawnSync('c++', ['--version'], { stdio: 'ignore' }).status === 0
if (!hasCompiler) console.log('skipped: c++ is not installed')
const bare = withoutCompiler()

let tarball: Tarball
let installation: Installation
let broker: BrokerProcess
let folder: string

beforeAll(async () => {
  tarball = packTarball()
  installation = install(tarball, ownNpm(), bare.env)
  broker = await BrokerProcess.start()
  folder = mkdtempSync(join(tmpdir(), 'odradek-bench-'))
})

afterAll(async () => {
  await broker?.dispose()
  installation?.remove()
  tarball?.remove()
  bare.remove()
  rmSync(folder, { recursive: true, force: true })
})

/** Runs the shortest comparison of these workloads, on a machine that has nothing cached. */
function bench(environment: NodeJS.ProcessEnv, ...args: string[]) {
  const bin = join(installation.package, 'bin', 'odradek.js')
  const short = ['--rounds', '1', '--seconds', '0.2', '--cold']
  const env = { ...environment, XDG_CACHE_HOME: join(folder, 'cache') }
  const options = { cwd: folder, env, encoding: 'utf8' } as const
  return spawnSync(process.execPath, [bin, 'bench', ...short, ...args], options)
}

function against(): readonly string[] {
  return ['--against', broker.address]
}

it('says what Apache Kafka needs where there is no Java', () => {
  const { status, stdout, stderr } = bench(bare.env, '--workload', 'start-empty')
  expect([status, stdout]).toEqual([1, ''])
  expect(stderr).toMatch(/odradek: Apache Kafka cannot run here: java is not installed; Debian: /)
})

it('without a compiler runs what needs none, and says what is left out', () => {
  const run = bench(bare.env, ...against(), '--workload', 'start-empty,produce-small')
  const left = /produce-small 64 connections is left out: the load generator needs a C\+\+ compiler/
  expect([run.status, run.stderr]).toEqual([0, expect.stringMatching(left)])
  expect(run.stdout).toMatch(/^Left out: produce-small 64 connections: .*g\+\+/m)
  expect(run.stdout).toMatch(/^start-empty: /m)
  const none = bench(bare.env, ...against(), '--workload', 'produce-small')
  expect([none.status, none.stdout]).toEqual([1, ''])
  expect(none.stderr).toMatch(/odradek: there is no workload that can be run\.\n$/)
})

it.skipIf(!hasCompiler)('compiles the load generator, measures, and draws', () => {
  const files = ['--json', 'results.json', '--html', 'page.html']
  const run = bench(process.env, ...against(), '--workload', 'produce-small', ...files)
  expect([run.status, run.stderr]).toEqual([0, expect.stringContaining('round 1 of 1: odradek')])
  expect(run.stdout).toMatch(/^64 connections +odradek +[\d.]+/m)
  const { workloads } = JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8'))
  expect(workloads[0].turns).toHaveLength(2)
  expect(readFileSync(join(folder, 'page.html'), 'utf8')).toContain('<svg')
  expect(existsSync(join(folder, 'page.produce-small.svg'))).toBe(true)
  const cached = readdirSync(join(folder, 'cache', 'odradek'))
  expect(cached).toEqual([expect.stringMatching(/^odradek-load-linux-/)])
})
