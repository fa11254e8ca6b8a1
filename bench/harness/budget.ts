import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Limit } from '../../src/bench/harness/limits.ts'

/** The limits of budget.json. */
export function readLimits(): readonly Limit[] {
  const file = join(import.meta.dirname, '..', 'budget.json')
  return JSON.parse(readFileSync(file, 'utf8')) as readonly Limit[]
}
