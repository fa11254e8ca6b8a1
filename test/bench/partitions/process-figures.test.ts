import { closeSync, openSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { processFigures } from '../../../src/bench/partitions/process-figures.ts'

describe.skipIf(process.platform !== 'linux')('processFigures', () => {
  it('counts the open files of a process', () => {
    const before = processFigures(process.pid)
    const files = Array.from({ length: 20 }, () => openSync('/dev/null', 'r'))
    const after = processFigures(process.pid)
    for (const file of files) closeSync(file)
    expect(after.descriptors - before.descriptors).toBeGreaterThanOrEqual(15)
    expect(after.residentBytes).toBeGreaterThan(1024 ** 2)
    expect(after.mappings).toBeGreaterThan(10)
  })

  it('throws for a process that is gone', () => {
    expect(() => processFigures(2 ** 22 + 1)).toThrow()
  })
})
