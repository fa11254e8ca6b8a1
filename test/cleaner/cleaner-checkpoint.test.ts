import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type CleanerOffset,
  formatCleanerCheckpoint,
  parseCleanerCheckpoint,
} from '../../src/cleaner/cleaner-checkpoint.ts'

const entry: fc.Arbitrary<CleanerOffset> = fc.record({
  topic: fc.stringMatching(/^[a-zA-Z0-9._-]{1,30}$/),
  partition: fc.nat(2 ** 31 - 1),
  offset: fc.nat(Number.MAX_SAFE_INTEGER),
})

describe('the checkpoint of the cleaner', () => {
  it('is read as it was written', () => {
    const entries = fc.uniqueArray(entry, { selector: (one) => `${one.topic}-${one.partition}` })
    fc.assert(
      fc.property(entries, (some) => {
        expect(parseCleanerCheckpoint(formatCleanerCheckpoint(some))).toEqual(some)
      }),
    )
  })

  it('has the form of Apache Kafka', () => {
    const text = '0\n2\norders 0 1200\norders 1 17\n'
    const entries = [
      { topic: 'orders', partition: 0, offset: 1200 },
      { topic: 'orders', partition: 1, offset: 17 },
    ]
    expect(parseCleanerCheckpoint(text)).toEqual(entries)
    expect(formatCleanerCheckpoint(entries)).toBe(text)
    expect(parseCleanerCheckpoint('0\r\n1\r\norders 1 17\r\n')).toEqual(entries.slice(1))
    expect(formatCleanerCheckpoint([])).toBe('0\n0\n')
  })

  it('has one entry for a partition, the last', () => {
    const twice = parseCleanerCheckpoint('0\n2\na 0 1\na 0 2\n')
    expect(twice).toEqual([{ topic: 'a', partition: 0, offset: 2 }])
  })

  it.each([
    '',
    '0\n',
    '1\n0\n',
    '0\n1\n',
    '0\n2\na 0 1\n',
    '0\n1\na 0 1\nb 0 1\n',
    '0\n1\na 0\n',
    '0\n1\n 0 1\n',
    '0\n1\na -1 1\n',
    '0\n1\na 0 -1\n',
    '0\n1\na 0 9999999999999999\n',
    '0\n1\na 0 1.5\n',
    '0\n1\na  0 1\n',
    '\0\0\0\0',
  ])('is refused where it is malformed: %j', (text) => {
    expect(parseCleanerCheckpoint(text)).toBeUndefined()
  })

  it('takes any text without throwing', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        parseCleanerCheckpoint(text)
        parseCleanerCheckpoint(`0\n1\n${text}\n`)
      }),
    )
  })
})
