import { describe, expect, test } from 'vitest'
import { wireTaggedFieldsMax } from '../../src/base/limits.ts'
import { readInt32, readString } from '../../src/protocol/primitives.ts'
import { Reader } from '../../src/protocol/reader.ts'

/** A reader of hex digits; blanks are for the eye. */
function read(hex: string): Reader {
  return new Reader(Buffer.from(hex.replaceAll(' ', ''), 'hex'))
}

describe('a sticky reader', () => {
  test('keeps the first fault and gives empty values from then on', () => {
    const reader = read('0001 ff')
    expect(reader.int16()).toBe(1)
    expect(reader.int32()).toBe(0)
    expect(reader.error).toBe('needs 4 bytes, has 1 at byte 2')
    expect(reader.int8()).toBe(0)
    expect(reader.int64()).toBe(0)
    expect(reader.bool()).toBe(false)
    expect(reader.string(true)).toBe('')
    expect(reader.nullableString(false)).toBe('')
    expect(reader.bytes(false)).toEqual(new Uint8Array(0))
    expect(reader.uuid()).toBe('AAAAAAAAAAAAAAAAAAAAAA')
    expect(reader.array(false, 4, 0, readInt32)).toEqual([])
    expect(reader.tagCount()).toBe(0)
    expect(reader.error).toBe('needs 4 bytes, has 1 at byte 2')
    expect(reader.remaining).toBe(0)
  })

  test('stops an array at the element that fails', () => {
    let calls = 0
    const reader = read('00000003 0001 61 ffff 0001 62')
    const names = reader.array(false, 2, 0, (inner, version, flexible) => {
      calls++
      return readString(inner, version, flexible)
    })
    expect(reader.error).toBe('null where none is allowed at byte 9')
    expect(calls).toBe(2)
    expect(names).toEqual(['a', ''])
  })
})

describe('numbers', () => {
  test.each([
    ['0000000000000000', 0],
    ['ffffffffffffffff', -1],
    ['001fffffffffffff', Number.MAX_SAFE_INTEGER],
    ['ffe0000000000001', Number.MIN_SAFE_INTEGER],
    ['7fffffffffffffff', Infinity],
    ['000000ffffffff80', 2 ** 40 - 128],
  ])('int64 %s', (hex, value) => {
    const reader = read(hex)
    expect(reader.int64()).toBe(value)
    expect(reader.error).toBeNull()
  })

  test.each(['0020000000000000', '7ffffffffffffffe', '8000000000000000', 'ffdfffffffffffff'])(
    'int64 %s is beyond 2^53 and a fault',
    (hex) => {
      const reader = read(hex)
      expect(reader.int64()).toBe(0)
      expect(reader.error).toBe('int64 beyond 2^53 at byte 8')
    },
  )

  test.each([
    ['1000000000000001', 2 ** 60],
    ['7ffffffffffffffe', Infinity],
    ['8000000000000000', -(2 ** 63)],
    ['000000000000002a', 42],
  ])('int64 %s as the nearest number', (hex, value) => {
    expect(read(hex).int64Nearest()).toBe(value)
  })

  test.each([
    ['00', 0],
    ['7f', 127],
    ['8001', 128],
    ['ffffffff0f', 4294967295],
    ['808080800f', 4026531840],
  ])('unsigned varint %s', (hex, value) => {
    expect(read(hex).unsignedVarint()).toBe(value)
  })

  test.each(['ffffffff10', 'ffffffffff01'])('unsigned varint %s is too long', (hex) => {
    const reader = read(hex)
    expect(reader.unsignedVarint()).toBe(0)
    expect(reader.error).toContain('varint beyond 32 bits')
  })

  test.each([
    ['00', 0],
    ['01', -1],
    ['feffffff0f', 2147483647],
    ['ffffffff0f', -2147483648],
  ])('varint %s', (hex, value) => {
    expect(read(hex).varint()).toBe(value)
    expect(read(hex).varlong()).toBe(value)
  })

  test.each([
    ['ffffffffffff7f', -(2 ** 48)],
    ['feffffffffffff0f', 2 ** 52 - 1],
    ['feffffffffffff1f', Number.MAX_SAFE_INTEGER],
    ['fdffffffffffff1f', Number.MIN_SAFE_INTEGER],
  ])('varlong %s', (hex, value) => {
    const reader = read(hex)
    expect(reader.varlong()).toBe(value)
    expect(reader.error).toBeNull()
  })

  test.each([
    ['feffffffffffff3f', 'varlong beyond 2^53'],
    ['feffffffffffffffff01', 'varlong beyond 2^53'],
    ['ffffffffffffffffff02', 'varlong beyond 64 bits'],
    ['ffffffffffffffffffff01', 'varlong beyond 64 bits'],
    ['8080808080', 'needs 1 bytes, has 0'],
  ])('varlong %s is a fault', (hex, fault) => {
    const reader = read(hex)
    reader.varlong()
    expect(reader.error).toContain(fault)
  })
})

describe('strings and bytes', () => {
  test('are read in both encodings', () => {
    expect(read('0003 d18fc3 a9').nullableString(false)).toBe('я\ufffd')
    expect(read('05 d18fc3a9').string(true)).toBe('яé')
    expect(read('ffff').nullableString(false)).toBeNull()
    expect(read('00').nullableString(true)).toBeNull()
    expect(read('00000002 0102').bytes(false)).toEqual(Uint8Array.of(1, 2))
    expect(read('03 0102').nullableBytes(true)).toEqual(Uint8Array.of(1, 2))
    expect(read('ffffffff').nullableBytes(false)).toBeNull()
  })

  test('bytes are a view of the frame', () => {
    const frame = Buffer.from('0000000201020304', 'hex')
    const view = new Reader(frame).bytes(false)
    frame[4] = 9
    expect(view).toEqual(Uint8Array.of(9, 2))
  })

  test('null is a fault where it is not allowed', () => {
    for (const take of [
      (reader: Reader) => reader.string(true),
      (reader: Reader) => reader.bytes(true),
      (reader: Reader) => reader.array(true, 1, 0, readInt32),
      (reader: Reader) => reader.nullableString(true, false),
    ]) {
      const reader = read('00')
      take(reader)
      expect(reader.error).toBe('null where none is allowed at byte 1')
    }
  })

  test.each([
    ['fffe', (reader: Reader) => reader.nullableString(false)],
    ['fffffffe', (reader: Reader) => reader.nullableBytes(false)],
    ['80000000', (reader: Reader) => reader.nullableArray(false, 1, 0, readInt32)],
  ])('a length below -1 is a fault: %s', (hex, take) => {
    const reader = read(hex)
    take(reader)
    expect(reader.error).toMatch(/^length -/)
  })
})

describe('hostile lengths', () => {
  test.each([
    ['string', 'ffffffff0f', (reader: Reader) => reader.string(true)],
    ['string', '7fff', (reader: Reader) => reader.string(false)],
    ['bytes', '7fffffff', (reader: Reader) => reader.bytes(false)],
    ['bytes', 'ffffffff0f', (reader: Reader) => reader.bytes(true)],
    ['array', '7fffffff', (reader: Reader) => reader.array(false, 1, 0, readInt32)],
    ['array', 'ffffffff0f', (reader: Reader) => reader.array(true, 1, 0, readInt32)],
    ['array', '00000002 00000001', (reader: Reader) => reader.array(false, 4, 0, readInt32)],
    ['tags', 'ffffffff0f', (reader: Reader) => reader.tagCount()],
    ['tags', '02 0000', (reader: Reader) => reader.tagCount()],
  ])('of %s %s are refused before anything is allocated', (_, hex, take) => {
    const reader = read(hex)
    const before = process.memoryUsage().arrayBuffers
    take(reader)
    expect(reader.error).not.toBeNull()
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000)
  })

  test('an array has at most a million elements, however many bytes there are', () => {
    const frame = Buffer.alloc(1_000_005)
    frame.writeInt32BE(1_000_001)
    const reader = new Reader(frame)
    expect(reader.array(false, 1, 0, (inner) => inner.int8())).toEqual([])
    expect(reader.error).toBe('array of 1000001 elements at byte 4')
  })

  test('all arrays of a message together have at most five million', () => {
    const frame = Buffer.alloc(6 * 1_000_004)
    for (let i = 0; i < 6; i++) frame.writeInt32BE(1_000_000, i * 1_000_004)
    const reader = new Reader(frame)
    for (let i = 0; i < 5; i++) reader.array(false, 1, 0, (inner) => inner.int8())
    expect(reader.error).toBeNull()
    expect(reader.array(false, 1, 0, (inner) => inner.int8())).toEqual([])
    expect(reader.error).toContain('array of 1000000 elements')
  })

  test('a section has at most ten thousand tagged fields', () => {
    const bytes = Buffer.alloc(2 * (wireTaggedFieldsMax + 1) + 3)
    bytes.set([0x91, 0x4e])
    const reader = new Reader(bytes)
    expect(reader.tagCount()).toBe(0)
    expect(reader.error).toContain('too many tagged fields')
  })
})

describe('tagged fields', () => {
  test('unknown ones are skipped', () => {
    const reader = read('02 05 02 aabb 07 00 2a')
    reader.skipTags()
    expect(reader.int8()).toBe(42)
    expect(reader.error).toBeNull()
  })

  test('nothing reads beyond the field', () => {
    const reader = read('02 00000001')
    const outer = reader.enterTag()
    expect(reader.int32()).toBe(0)
    reader.leave(outer)
    expect(reader.error).toBe('needs 4 bytes, has 2 at byte 1')
  })

  test('a field that is longer than its content is a fault', () => {
    const reader = read('03 000001 02')
    const outer = reader.enterTag()
    reader.int16()
    reader.leave(outer)
    expect(reader.error).toBe('part longer than its content at byte 3')
  })

  test('a size beyond the end is a fault', () => {
    const reader = read('05 00')
    reader.enterTag()
    expect(reader.error).toBe('part of 5 bytes beyond the end at byte 1')
  })
})

test('a frame may lie anywhere in its buffer', () => {
  const buffer = Buffer.from('ffff0000002a', 'hex')
  expect(new Reader(buffer.subarray(2)).int32()).toBe(42)
})
