import { describe, expect, it } from 'vitest'
import { lastRecovery } from '../../../src/bench/recovery/recovery-line.ts'

/** The line as `src/broker/broker.ts` writes it. */
function lineOf(entries: number): string {
  return (
    `INFO The last stop of /tmp/a folder/data was not clean: replayed ${entries} entries ` +
    '(56600 bytes) of the journal, recovered 101 partitions, read 1073 bytes of 121 segments, ' +
    'cut 12 bytes, rebuilt 37 indexes, in 924 ms.'
  )
}

describe('lastRecovery', () => {
  it('reads every figure of the line', () => {
    expect(lastRecovery(`a\n${lineOf(3)}\nb\n`)).toEqual({
      journalEntries: 3,
      journalBytes: 56_600,
      partitions: 101,
      readBytes: 1_073,
      readSegments: 121,
      cutBytes: 12,
      rebuiltIndexes: 37,
      recoveryMs: 924,
    })
  })

  it('takes the last of several starts', () => {
    expect(lastRecovery(`${lineOf(3)}\n${lineOf(9)}\n`)?.journalEntries).toBe(9)
  })

  it('is nothing for a broker that says nothing of the kind', () => {
    expect(lastRecovery('[2026-11-21] INFO Kafka Server started\n')).toBeUndefined()
  })
})
