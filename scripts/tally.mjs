// Counts of a test run: one line per suite while it runs, one sum at the end. Where the
// environment names a file (ODRADEK_TALLY), each line also goes there, so that several commands
// add up; `node scripts/tally.mjs FILE` prints that sum and fails where something failed.
import { appendFileSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Starts a count. */
export function newTally() {
  return { passed: 0, failed: 0, skipped: 0 }
}

/** Adds the result of one suite, `{ name, passed, failed, skipped }`, and prints it. */
export function record(tally, { name, passed = 0, failed = 0, skipped = 0 }) {
  tally.passed += passed
  tally.failed += failed
  tally.skipped += skipped
  console.log(`${name}: ${passed} passed, ${failed} failed, ${skipped} skipped`)
  const file = process.env.ODRADEK_TALLY
  if (file) appendFileSync(file, `${JSON.stringify({ passed, failed, skipped })}\n`)
}

/** Says why a suite, or a part of one, did not run; it counts as one skipped. */
export function recordSkip(tally, name, reason) {
  console.log(`skipped: ${name} because ${reason}`)
  record(tally, { name, skipped: 1 })
}

/** Prints the sum as the last line and sets the exit code. Nothing counted is a failure. */
export function finish({ passed, failed, skipped }) {
  if (skipped > 0) console.log(`${skipped} skipped`)
  console.log(`${passed} passed, ${failed} failed`)
  if (failed > 0 || passed === 0) process.exitCode = 1
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const sum = newTally()
  for (const line of readFileSync(process.argv[2], 'utf8').split('\n').filter(Boolean)) {
    const counts = JSON.parse(line)
    for (const key of Object.keys(sum)) sum[key] += counts[key]
  }
  finish(sum)
}
