import { join } from 'node:path'
import { packageRoot } from '../package-root.ts'
import { runProcess } from './run-process.ts'

/** A script fetches some hundred megabytes over a slow line, or compiles a library. */
const patienceMs = 900_000

/**
 * Runs a script of load/ that fetches or compiles something where it is not yet there, and gives
 * what it prints last: where it is. Rejects with the script's sentence where it cannot be had.
 */
export async function setUp(name: string, args: readonly string[] = []): Promise<string> {
  const script = join(packageRoot, 'load', name)
  const { output, errors, exitCode } = await runProcess(
    ['/bin/sh', script, ...args],
    '',
    patienceMs,
  )
  const line = output.trim().split('\n').at(-1) ?? ''
  if (exitCode === 0) return line
  throw new Error(line || errors.trim() || `${script} ended with ${exitCode}`)
}
