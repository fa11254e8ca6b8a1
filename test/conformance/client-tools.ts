/** What tests take from outside: fetched by set-up scripts, or told of where it cannot be had. */
import { spawnSync } from 'node:child_process'
import { describe } from 'vitest'

/** What a set-up script says: its lines, mostly a program and its arguments, or why not. */
export interface SetUp {
  readonly command?: string[]
  /** One sentence for people; undefined where everything is there. */
  readonly obstacle?: string
}

/** A script that takes longer hangs: it fetches some hundred megabytes at the most. */
const scriptMsMax = 600_000

/** Runs a set-up script. One that fails says why in the last line that it prints. */
export function setUp(script: string, args: readonly string[] = []): SetUp {
  const options = { encoding: 'utf8', timeout: scriptMsMax } as const
  const { status, stdout, error } = spawnSync(script, args, options)
  const lines = (stdout ?? '').trim().split('\n')
  if (status === 0) return { command: lines }
  return { obstacle: lines.at(-1) || String(error ?? `${script} ended with ${status}`) }
}

/** As `describe`; where there is an obstacle the tests are skipped, by their name and with it. */
export function describeUnless(
  obstacle: string | undefined,
  name: string,
  tests: () => void,
): void {
  if (obstacle !== undefined) console.log(`skipped: ${name}: ${obstacle}`)
  describe.skipIf(obstacle !== undefined)(name, tests)
}
