import { describe, expect, it } from 'vitest'
import { Corpus } from './corpus.ts'
import type { ConsumedRecord } from './kcat.ts'
import { type Findings, Ledger } from './ledger.ts'
import { OutputParser } from './output-parser.ts'

const corpus = Corpus.make(64 * 1024)

/** Everything as sent, in one partition. */
function faithful(): ConsumedRecord[] {
  return Array.from({ length: corpus.recordCount }, (_, n) => record(n, n))
}

function record(number: number, offset: number, partition = 0): ConsumedRecord {
  return { partition, offset, ...corpus.record(number) }
}

function renumbered(records: readonly ConsumedRecord[]): ConsumedRecord[] {
  return records.map((item, offset) => ({ ...item, offset }))
}

function judge(records: readonly ConsumedRecord[]): Findings {
  const ledger = new Ledger(corpus)
  for (const item of records) ledger.take(item)
  return ledger.findings()
}

/** Numbers of two records of one key that has several. */
function twoOfOneKey(): [number, number] {
  const first = new Map<string, number>()
  for (let n = 0; n < corpus.recordCount; n++) {
    const key = corpus.record(n).key.toString('latin1')
    const before = first.get(key)
    if (key !== '' && before !== undefined) return [before, n]
    first.set(key, n)
  }
  throw new Error('every key is alone')
}

describe('the corpus', () => {
  it('holds empty keys, empty values and bytes that are not UTF-8', () => {
    const records = faithful()
    const isForeign = (bytes: Buffer) => !Buffer.from(bytes.toString()).equals(bytes)
    expect(records.some(({ key }) => key.length === 0)).toBe(true)
    expect(records.some(({ value }) => value.length === 0)).toBe(true)
    expect(records.some(({ key }) => isForeign(key))).toBe(true)
    expect(records.some(({ value }) => isForeign(value))).toBe(true)
  })
})

describe('the ledger', () => {
  it('finds nothing wrong with what is as sent', () => {
    const delivered = corpus.recordCount
    expect(judge(faithful())).toEqual({
      delivered,
      missing: 0,
      duplicates: 0,
      disorder: [],
      faults: [],
    })
  })

  it('finds a lost record', () => {
    const records = faithful()
    records.splice(100, 1)
    expect(judge(renumbered(records)).missing).toBe(1)
  })

  it('finds a gap in the offsets', () => {
    const records = faithful()
    records.splice(100, 1)
    expect(judge(records).faults).toEqual(['partition 0 has 101 where 100 is due'])
  })

  it('counts a block that came twice, and allows it', () => {
    const records = faithful()
    records.splice(100, 0, ...records.slice(50, 100))
    const { duplicates, missing, disorder, faults } = judge(renumbered(records))
    expect([duplicates, missing, disorder, faults]).toEqual([50, 0, [], []])
  })

  it('finds two records of a key in the wrong order', () => {
    const [a, b] = twoOfOneKey()
    const records = faithful()
    records[a] = record(b, a)
    records[b] = record(a, b)
    expect(judge(records).disorder[0]).toMatch(/came after/)
  })

  it('finds a key in two partitions', () => {
    const [a, b] = twoOfOneKey()
    expect(judge([record(a, 0, 0), record(b, 0, 1)]).faults[0]).toMatch(/in partitions 0 and 1/)
  })

  it('finds a changed byte, in the value and in the key', () => {
    for (const part of ['key', 'value'] as const) {
      const records = faithful()
      const victim = record(10, 10)
      const bytes = Buffer.from(victim[part])
      bytes.writeUInt8((bytes.at(-1) ?? 0) ^ 1, bytes.length - 1)
      records[10] = { ...victim, [part]: bytes }
      expect(judge(records).faults).toEqual(['record 10 is not what was sent'])
    }
  })

  it('finds a record that nobody sent', () => {
    const stranger = { key: Buffer.from('k'), value: Buffer.from('zzzzzz stranger') }
    expect(judge([{ partition: 0, offset: 0, ...stranger }]).faults[0]).toMatch(/foreign/)
  })
})

describe('the parser of kcat output', () => {
  it('finds the same records however the bytes are cut', () => {
    const text = '0 7 3 5\nkeyvalue0 8 0 1\n\n1 0 -1 0\n'
    for (const pieceBytes of [1, 2, 7, text.length]) {
      const taken: string[] = []
      const parser = new OutputParser(({ partition, offset, key, value }) => {
        taken.push(`${partition} ${offset} ${key}|${value}`)
      })
      for (let at = 0; at < text.length; at += pieceBytes) {
        parser.push(Buffer.from(text.slice(at, at + pieceBytes)))
      }
      expect(taken).toEqual(['0 7 key|value', '0 8 |\n', '1 0 |'])
      expect(parser.empty).toBe(true)
    }
  })
})
