/**
 * Whole answers that are meant to differ, each with its reason: lines of docs/differences.md. What
 * may differ field by field stands in allowed.ts.
 */
import type { Fault } from './compare.ts'
import type { Exchange } from './findings.ts'

interface Meant {
  readonly reason: string
  readonly when: (fault: Fault, exchange: Exchange) => boolean
}

/** What is meant to differ. */
export const meantDifferences: readonly Meant[] = []

/** True if a difference is meant. */
export function isMeant(fault: Fault, exchange: Exchange): boolean {
  return meantDifferences.some(({ when }) => when(fault, exchange))
}
