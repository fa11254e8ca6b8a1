import { beforeEach, describe, expect, it } from 'vitest'
import type { ConsumerSettings } from '../../../src/client/consumer/consumer-settings.ts'
import { FetchedPartition, summarize } from '../../../src/client/consumer/fetched-partition.ts'
import type { Fetcher } from '../../../src/client/consumer/fetcher.ts'
import { Positions } from '../../../src/client/consumer/positions.ts'
import { RecordSource } from '../../../src/client/consumer/record-source.ts'
import { encodeBatch, newBatch } from '../../../src/protocol/record-batch.ts'
import { settingsWith } from './played-cluster.ts'

let positions: Positions
/** What the fetcher has, in its order. */
let ready: FetchedPartition[]

beforeEach(() => {
  positions = new Positions('earliest')
  positions.assign([0, 1].map((partition) => ({ topic: 't', partition })))
  for (const one of positions.all) positions.seek(one, { offset: 0, leaderEpoch: -1 })
  ready = []
})

function piece(partition: number, ...values: string[]): void {
  const position = positions.get({ topic: 't', partition })
  if (position === undefined) throw new Error('it is assigned')
  const records = values.map((value) => ({
    timestamp: 5,
    key: Buffer.from('k'),
    value: Buffer.from(value),
  }))
  const bytes = Buffer.from(encodeBatch(newBatch(records)))
  const opening = { checksum: undefined, codecs: new Map() }
  ready.push(new FetchedPartition(position, bytes, summarize(bytes, 0), opening, null))
}

function sourceOf(options: object = {}): RecordSource<unknown, unknown> {
  const settings: ConsumerSettings = settingsWith(options)
  const fetcher = {
    take: () => ready.splice(ready.findIndex(({ position }) => !position.isPaused) >>> 0, 1)[0],
    putBack: (one: FetchedPartition) => void ready.unshift(one),
  }
  return new RecordSource(fetcher as unknown as Fetcher, positions, settings)
}

function drain(source: RecordSource<unknown, unknown>): string[] {
  const seen: string[] = []
  while (source.begin()) {
    for (let record = source.next(); record !== undefined; record = source.next()) {
      seen.push(`${record.partition}@${record.offset}=${record.value}`)
    }
  }
  return seen
}

const refusing = {
  valueDeserializer: (bytes: Buffer) => {
    if (String(bytes) === 'bad') throw new Error('not mine')
    return String(bytes).toUpperCase()
  },
}

describe('a source', () => {
  it('goes from piece to piece', () => {
    piece(0, 'a', 'b')
    piece(1, 'c')
    const source = sourceOf()
    expect(source.next()).toBe(undefined)
    expect(drain(source)).toEqual(['0@0=a', '0@1=b', '1@0=c'])
    expect(source.records).toBe(3)
  })

  it('sets a paused piece aside and goes on with it later', () => {
    piece(0, 'a', 'b', 'c')
    piece(1, 'd')
    const source = sourceOf()
    source.begin()
    expect(source.next()?.offset).toBe(0)
    const paused = positions.get({ topic: 't', partition: 0 })
    if (paused !== undefined) paused.isPaused = true
    expect(drain(source)).toEqual(['1@0=d'])
    if (paused !== undefined) paused.isPaused = false
    expect(drain(source)).toEqual(['0@1=b', '0@2=c'])
  })

  it('drops a piece that is obsolete, or whose partition is gone', () => {
    piece(0, 'a', 'b')
    piece(1, 'c', 'd')
    const source = sourceOf()
    source.begin()
    source.next()
    const first = positions.get({ topic: 't', partition: 0 })
    if (first !== undefined) positions.seek(first, { offset: 1, leaderEpoch: -1 })
    expect(source.begin()).toBe(true)
    expect(source.position?.partition).toBe(1)
    positions.assign([{ topic: 't', partition: 0 }])
    expect(source.begin()).toBe(false)
  })

  it('stops in the middle of a piece when the position changed behind its back', () => {
    piece(0, 'a', 'b', 'c')
    const source = sourceOf()
    source.begin()
    source.next()
    const first = positions.get({ topic: 't', partition: 0 })
    if (first !== undefined) positions.seek(first, { offset: 0, leaderEpoch: -1 })
    expect(source.next()).toBe(undefined)
    expect(first?.position).toBe(0)
  })
})

describe('records', () => {
  it('have all that a print needs', () => {
    piece(0, 'a')
    const source = sourceOf()
    source.begin()
    const record = source.next()
    expect(JSON.parse(JSON.stringify(record))).toMatchObject({
      topic: 't',
      partition: 0,
      offset: 0,
      timestamp: 5,
      key: { type: 'Buffer' },
      headers: [],
    })
    expect([String(record?.key), String(record?.value)]).toEqual(['k', 'a'])
  })

  it('are deserialised', () => {
    piece(0, 'a')
    const source = sourceOf({ ...refusing, keyDeserializer: () => 7 })
    source.begin()
    expect(source.next()).toMatchObject({ key: 7, value: 'A', offset: 0, headers: [] })
  })

  it('that are refused fail, again and again, with the position before them', () => {
    piece(0, 'a', 'bad', 'c')
    const source = sourceOf(refusing)
    source.begin()
    source.next()
    for (let tries = 0; tries < 2; tries++) {
      expect(() => source.next()).toThrow('the value of t-0 at offset 1: not mine')
      expect(positions.get({ topic: 't', partition: 0 })?.position).toBe(1)
    }
    expect(source.begin()).toBe(true)
  })

  it('that are refused may be skipped', () => {
    piece(0, 'a', 'bad', 'c')
    expect(drain(sourceOf({ ...refusing, onDeserializeError: 'skip' }))).toEqual(['0@0=A', '0@2=C'])
    expect(positions.get({ topic: 't', partition: 0 })?.position).toBe(3)
  })

  it('that are refused may be told of, who then goes elsewhere', () => {
    piece(0, 'a', 'bad', 'c')
    const first = positions.get({ topic: 't', partition: 0 })
    if (first === undefined) throw new Error('it is assigned')
    const seek = (): void => positions.seek(first, { offset: 9, leaderEpoch: -1 })
    expect(drain(sourceOf({ ...refusing, onDeserializeError: seek }))).toEqual(['0@0=A'])
    expect(first.position).toBe(9)
  })

  it('that are refused are not passed over by a callback that decides later', () => {
    piece(0, 'a', 'bad', 'c')
    const later = (): never => Promise.reject(new Error('no')) as never
    const source = sourceOf({ ...refusing, onDeserializeError: later })
    source.begin()
    source.next()
    expect(() => source.next()).toThrow('onDeserializeError returned a promise')
    expect(positions.get({ topic: 't', partition: 0 })?.position).toBe(1)
  })

  it('that are broken are not passed over', () => {
    piece(0, 'a', 'b', 'c')
    const [broken] = ready
    // The last byte of the second record counts its headers, of which there are no 63.
    const at = broken?.bytes.lastIndexOf('b') ?? 0
    broken?.bytes.writeUInt8(0x7e, at + 1)
    const source = sourceOf({ ...refusing, onDeserializeError: 'skip' })
    source.begin()
    source.next()
    for (let tries = 0; tries < 2; tries++) {
      expect(() => source.next()).toThrow('Cannot read t-0 at offset 1')
      expect(positions.get({ topic: 't', partition: 0 })?.position).toBe(1)
    }
  })

  it('that are refused may be told of, which may stop after all', () => {
    piece(0, 'bad', 'bad')
    const told: string[] = []
    const source = sourceOf({
      ...refusing,
      onDeserializeError: (error: Error, raw: { offset: number; value: Buffer }) => {
        told.push(`${raw.offset} ${raw.value} ${(error.cause as Error).message}`)
        if (raw.offset === 1) throw new Error('enough')
      },
    })
    source.begin()
    expect(() => source.next()).toThrow('enough')
    expect(told).toEqual(['0 bad not mine', '1 bad not mine'])
    expect(() => source.next()).toThrow('enough')
    expect(positions.get({ topic: 't', partition: 0 })?.position).toBe(1)
  })
})
