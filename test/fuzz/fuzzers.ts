import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../scripts/native-sources.mjs'
import { make } from '../../scripts/sanitized.mjs'
import { type Target, writeCorpus } from './corpus.ts'

const build = join(root, 'build-native')

/** What a run of a target gave: its output, and whether nothing was found. */
export interface FuzzResult {
  readonly fine: boolean
  readonly output: string
}

/** Whether a command is there. */
export function works(command: string): boolean {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0
}

/** Compiles the targets for libFuzzer, with ASan and UBSan; false where it failed. */
export function buildFuzzers(): boolean {
  return make('-s', 'VARIANT=fuzz', 'CXX=clang++', 'fuzzers')
}

/** Runs libFuzzer on a target for so long. What fails is left in build-native/fuzz-found. */
export function fuzz(target: Target, seconds: number): FuzzResult {
  const seeds = join(build, 'fuzz-seeds', target)
  const corpus = join(build, 'fuzz-corpus', target)
  const found = join(build, 'fuzz-found', `${target}-`)
  writeCorpus(target, seeds)
  mkdirSync(corpus, { recursive: true })
  mkdirSync(join(build, 'fuzz-found'), { recursive: true })
  const limits = [
    `-max_total_time=${seconds}`,
    '-timeout=10',
    '-rss_limit_mb=2048',
    '-max_len=8192',
  ]
  const args = [...limits, '-print_final_stats=1', `-artifact_prefix=${found}`, corpus, seeds]
  return run(join(build, 'fuzz-clang', 'test', 'fuzz', `${target}_fuzz`), args)
}

/** Compiles the targets without libFuzzer, with the compiler of the tests. */
export function buildReplays(): boolean {
  return make('-s', 'fuzz_replays')
}

/** Runs a target over its corpus and over seeded mutations of it. */
export function replay(target: Target, mutations: number, seed: number): FuzzResult {
  const seeds = join(build, 'fuzz-seeds', target)
  writeCorpus(target, seeds)
  const suffix = (process.env['CXX'] ?? '').includes('clang') ? '-clang' : ''
  const program = join(build, `debug${suffix}`, 'test', 'fuzz', `${target}_fuzz_replay`)
  return run(program, [seeds, String(mutations), String(seed)])
}

function run(program: string, args: readonly string[]): FuzzResult {
  const { status, stdout, stderr } = spawnSync(program, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  return { fine: status === 0, output: `${stdout}${stderr}` }
}
