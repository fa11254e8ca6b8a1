import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { packageRoot } from '../package-root.ts'
import { cacheFolder } from './cache-folder.ts'
import { runProcess } from './run-process.ts'

const sources = join(packageRoot, 'load', 'native')
/** Headers of the core without code behind them. */
const headers = join(packageRoot, 'native')
const flags = ['-std=c++20', '-O2', '-Wall', '-Wextra', '-fno-exceptions', '-fno-rtti', '-pthread']
const compilers = ['c++', 'g++', 'clang++']
const toInstall = 'Debian: "apt-get install g++"'
const patienceMs = 600_000

let built: Promise<string> | undefined

/**
 * The path of `odradek-load`, which is compiled from load/native at its first use on a machine and
 * kept in the cache folder under a hash of its sources. Rejects with a sentence that says what is
 * missing, or what the compiler said.
 */
export function buildLoadGenerator(): Promise<string> {
  built ??= build()
  return built
}

async function build(): Promise<string> {
  const files = readdirSync(sources)
    .filter((name) => name.endsWith('.cc'))
    .sort()
  const name = `odradek-load-${process.platform}-${process.arch}-${hashOf(files)}`
  const program = join(cacheFolder(), name)
  if (existsSync(program)) return program
  const compiler = compilerOnPath()
  if (compiler === undefined) {
    throw new Error(`the load generator needs a C++ compiler, and there is none; ${toInstall}`)
  }
  // Compiled beside, then moved there: of several who do so at once each has a whole program.
  const folder = mkdtempSync(`${program}.`)
  try {
    const output = join(folder, 'odradek-load')
    const paths = files.map((file) => join(sources, file))
    const command = [...compiler, ...flags, `-I${headers}`, '-o', output, ...paths]
    const { errors, exitCode } = await runProcess(command, '', patienceMs)
    if (exitCode !== 0) {
      const why = /^.*\berror: .*$/m.exec(errors)?.[0] ?? errors.trim()
      throw new Error(`the load generator does not compile by ${compiler[0]}: ${why}`)
    }
    renameSync(output, program)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return program
}

/** A hash of the files and of all that they include of ours. */
function hashOf(files: readonly string[]): string {
  const hash = createHash('sha256').update(flags.join(' '))
  const paths = new Set(files.map((file) => join(sources, file)))
  for (const path of paths) {
    const text = readFileSync(path, 'utf8')
    hash.update(text)
    for (const [, name = ''] of text.matchAll(/^#include "([^"]+)"/gm)) {
      const beside = join(dirname(path), name)
      paths.add(existsSync(beside) ? beside : join(headers, name))
    }
  }
  return hash.digest('hex').slice(0, 16)
}

/** `$CXX`, or the first compiler that there is. */
function compilerOnPath(): readonly string[] | undefined {
  const { CXX = '', PATH = '' } = process.env
  if (CXX.trim() !== '') return CXX.trim().split(/\s+/)
  const isThere = (name: string) => PATH.split(delimiter).some((dir) => existsSync(join(dir, name)))
  const found = compilers.find(isThere)
  return found === undefined ? undefined : [found]
}
