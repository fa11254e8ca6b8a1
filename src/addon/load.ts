/**
 * Finds and loads the native module, and is the only place that does: a build of this checkout
 * first, then a prebuilt file. Nothing is compiled or downloaded here.
 */
import { closeSync, existsSync, openSync, readSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Why the native module is not there: no file at all, or a file that this process cannot load. */
export type NativeModuleProblem = 'missing' | 'unloadable'

/** The native module could not be loaded; the message names the command that builds it. */
export class NativeModuleError extends Error {
  /** Stable across releases, for callers that tell errors apart without the class. */
  readonly code = 'ERR_ODRADEK_NATIVE_MODULE'
  /** What is wrong with it. */
  readonly problem: NativeModuleProblem
  /** The file that could not be loaded, or the places that were searched. */
  readonly files: readonly string[]

  constructor(problem: NativeModuleProblem, files: readonly string[], cause?: unknown) {
    super(describe(problem, files, cause), cause === undefined ? undefined : { cause })
    this.name = 'NativeModuleError'
    this.problem = problem
    this.files = files
  }
}

/** Where this machine's native module may lie, the first that exists wins. */
export interface NativeModulePlaces {
  /** The package's root folder. */
  readonly root: string
  /** A file named by the caller, which alone is then tried. */
  readonly override: string | undefined
}

/** The folder of this machine's binary below prebuilds/, for instance `linux-x64-musl`. */
export function prebuildName(): string {
  const name = `${process.platform}-${process.arch}`
  return process.platform === 'linux' && !usesGlibc() ? `${name}-musl` : name
}

/** The files to try, in order. A file that the caller names is the only one. */
export function nativeModuleFiles(places: NativeModulePlaces): readonly string[] {
  if (places.override !== undefined) return [places.override]
  return [
    join(places.root, 'build', 'Release', 'odradek.node'),
    join(places.root, 'prebuilds', prebuildName(), 'odradek.node'),
  ]
}

/**
 * Loads the native module and returns its exports, untyped: the typed faces beside this file
 * check them. A process loads it once however often this is called. The environment variable
 * `ODRADEK_BINARY` names another file, for a sanitized build.
 *
 * @throws {NativeModuleError} where no file exists or the system refuses to load it.
 */
export function loadNativeModule(places: NativeModulePlaces = installedPlaces()): unknown {
  const files = nativeModuleFiles(places)
  const file = files.find((candidate) => existsSync(candidate))
  if (file === undefined) throw new NativeModuleError('missing', files)
  try {
    return createRequire(import.meta.url)(file) as unknown
  } catch (cause) {
    throw new NativeModuleError('unloadable', [file], cause)
  }
}

function installedPlaces(): NativeModulePlaces {
  // Both src/addon/load.ts and dist/addon/load.js lie two folders below the root.
  const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
  return { root, override: process.env['ODRADEK_BINARY'] || undefined }
}

function usesGlibc(): boolean {
  // The loader that this program names near its beginning tells at once; a report takes longer.
  const loader = /ld-(linux|musl)-/.exec(beginningOf(process.execPath))?.[1]
  if (loader !== undefined) return loader === 'linux'
  // Node's own way to tell; without `excludeNetwork` it would resolve host names.
  const report = process.report as typeof process.report & { excludeNetwork?: boolean }
  report.excludeNetwork = true
  const { header } = report.getReport() as unknown as { header: Record<string, unknown> }
  return header['glibcVersionRuntime'] !== undefined
}

/** The first bytes of a file as text; empty where it cannot be read. */
function beginningOf(path: string): string {
  const bytes = Buffer.alloc(4096)
  try {
    const file = openSync(path, 'r')
    try {
      return bytes.toString('latin1', 0, readSync(file, bytes))
    } finally {
      closeSync(file)
    }
  } catch {
    return ''
  }
}

function describe(problem: NativeModuleProblem, files: readonly string[], cause: unknown): string {
  if (process.platform === 'win32') {
    return 'Odradek runs on Linux and macOS; on Windows use it inside WSL.'
  }
  const build = 'build it in the package\'s folder: "npm run compile:native".'
  if (problem === 'missing') {
    return `Odradek's native module is missing (looked for ${files.join(' and ')}); ${build}`
  }
  const reason = cause instanceof Error ? cause.message : String(cause)
  return `Odradek's native module ${files.join()} cannot be loaded (${reason}); ${build}`
}
