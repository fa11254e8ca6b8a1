import { assert } from './assert.ts'

/**
 * The candidate that `name` was most likely meant to be: fewest single-character edits (a swap of
 * neighbours is one), at most a third of its length. Undefined when nothing is that near.
 */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined
  let bound = Math.max(1, Math.floor(name.length / 3)) + 1
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) >= bound) continue
    const distance = editDistance(name, candidate)
    if (distance >= bound) continue
    assert(distance > 0 || candidate === name, 'only the same name is no edit away')
    best = candidate
    bound = distance
  }
  return best
}

/** The end of a sentence about the unknown `name`, or undefined where no candidate is near. */
export function didYouMean(name: string, candidates: Iterable<string>): string | undefined {
  const near = nearestName(name, candidates)
  return near === undefined ? undefined : `; did you mean '${near}'?`
}

/** Optimal string alignment distance; both names are short, so three rows of a table will do. */
function editDistance(a: string, b: string): number {
  let before: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let least = Math.min(
        (previous[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (previous[j - 1] ?? 0) + (same ? 0 : 1),
      )
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (swapped) least = Math.min(least, (before[j - 2] ?? 0) + 1)
      row.push(least)
    }
    before = previous
    previous = row
  }
  return previous[b.length] ?? 0
}
