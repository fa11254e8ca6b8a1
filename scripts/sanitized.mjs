// Builds the addon with a sanitizer and runs a command that loads it instead of the usual one:
//   node scripts/sanitized.mjs asan|tsan COMMAND [argument…]
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { root } from './native-sources.mjs'

const runtimes = { asan: 'libasan.so', tsan: 'libtsan.so' }

/** The sanitizer options of a variant for programs of our own, and for Node around our addon. */
export function sanitizerOptions(variant, { insideNode }) {
  const suppressions = join(root, 'test', 'native', `${variant}.supp`)
  if (variant === 'tsan') {
    const known = existsSync(suppressions) ? `:suppressions=${suppressions}` : ''
    // Node is built without: of its own synchronisation nothing is seen but calls of the C library.
    const nodes = insideNode ? ':ignore_noninstrumented_modules=1' : ''
    return { TSAN_OPTIONS: `halt_on_error=1:second_deadlock_stack=1${known}${nodes}` }
  }
  return {
    // Node frees little at its exit, which is no leak of ours.
    ASAN_OPTIONS: `detect_leaks=${insideNode ? 0 : 1}:strict_string_checks=1`,
    // For programs that ask for leaks inside Node all the same.
    LSAN_OPTIONS: `print_suppressions=0:suppressions=${join(dirname(suppressions), 'lsan.supp')}`,
    UBSAN_OPTIONS: 'print_stacktrace=1',
  }
}

/** Runs the test Makefile, for instance with `VARIANT=asan` and `addon`; false where it failed. */
export function make(...args) {
  const line = ['--no-print-directory', '-C', join(root, 'test', 'native'), '-j2']
  const run = spawnSync('make', [...line, ...args], { stdio: 'inherit' })
  return run.status === 0
}

/** Where the test Makefile puts a variant: builds with clang lie in folders of their own. */
export function buildFolder(variant) {
  const suffix = (process.env.CXX ?? '').includes('clang') ? '-clang' : ''
  return join(root, 'build-native', `${variant}${suffix}`)
}

/** Builds the sanitized addon, always with g++: its runtime is a library that Node can preload. */
export function makeAddon(variant) {
  return make(`VARIANT=${variant}`, 'CXX=g++', 'addon')
}

/** The environment in which a command, run by Node, loads the sanitized addon of a variant. */
export function sanitizedEnvironment(variant) {
  const query = spawnSync('g++', [`-print-file-name=${runtimes[variant]}`], { encoding: 'utf8' })
  return {
    ...process.env,
    ...sanitizerOptions(variant, { insideNode: true }),
    LD_PRELOAD: query.stdout.trim(),
    ODRADEK_BINARY: join(root, 'build-native', variant, 'odradek.node'),
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [variant, command, ...args] = process.argv.slice(2)
  if (!(variant in runtimes) || command === undefined) {
    console.error('use: node scripts/sanitized.mjs asan|tsan COMMAND [argument…]')
    process.exitCode = 2
  } else if (!makeAddon(variant)) {
    process.exitCode = 1
  } else {
    const env = sanitizedEnvironment(variant)
    const run = spawnSync(command, args, { cwd: root, env, stdio: 'inherit' })
    process.exitCode = run.status ?? 1
  }
}
