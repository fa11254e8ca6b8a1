import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nearestName } from '../../src/base/nearest-name.ts'
import { brokerConfigs } from '../../src/metadata/config/tables.ts'

describe('nearestName', () => {
  it.each([
    ['num.partition', 'num.partitions'],
    ['log.retention.hour', 'log.retention.hours'],
    ['log.dris', 'log.dirs'],
    ['auto.create.topic.enable', 'auto.create.topics.enable'],
    ['log.flush.interval.message', 'log.flush.interval.messages'],
  ])('%s means %s', (name, meant) => {
    expect(nearestName(name, brokerConfigs().keys())).toBe(meant)
  })

  it('keeps quiet when nothing is near', () => {
    expect(nearestName('completely.unrelated.thing', brokerConfigs().keys())).toBeUndefined()
    expect(nearestName('', ['abc'])).toBeUndefined()
    expect(nearestName('a', [])).toBeUndefined()
  })

  it('finds what a search of all edits finds', () => {
    const name = fc.string({ unit: fc.constantFrom('a', 'b', '.'), minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(name, fc.uniqueArray(name, { maxLength: 6 }), (given, candidates) => {
        const bound = Math.max(1, Math.floor(given.length / 3))
        const distances = candidates.map((one) => editsBetween(given, one))
        const least = Math.min(...distances)
        const found = nearestName(given, candidates)
        if (least > bound) expect(found).toBeUndefined()
        else expect(found).toBe(candidates[distances.indexOf(least)])
      }),
    )
  })
})

/** Fewest edits by trying each: a letter more, less or another one, or two neighbours swapped. */
function editsBetween(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length
  const tries = [
    1 + editsBetween(a.slice(1), b),
    1 + editsBetween(a, b.slice(1)),
    (a[0] === b[0] ? 0 : 1) + editsBetween(a.slice(1), b.slice(1)),
  ]
  const swapped = a.length > 1 && b.length > 1 && a[0] === b[1] && a[1] === b[0]
  if (swapped) tries.push(1 + editsBetween(a.slice(2), b.slice(2)))
  return Math.min(...tries)
}
