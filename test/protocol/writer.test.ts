import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { writeInt32 } from '../../src/protocol/primitives.ts'
import { Reader } from '../../src/protocol/reader.ts'
import { varintBytes, Writer } from '../../src/protocol/writer.ts'

/** What `write` writes, in hex. */
function written(write: (writer: Writer) => void): string {
  const writer = new Writer(16)
  write(writer)
  expect(writer.error).toBeNull()
  return Buffer.from(writer.finish()).toString('hex')
}

/** The fault that `write` leaves behind. */
function fault(write: (writer: Writer) => void): string | null {
  const writer = new Writer(16)
  write(writer)
  return writer.error
}

describe('numbers', () => {
  test('are big endian', () => {
    expect(written((w) => w.bool(true))).toBe('01')
    expect(written((w) => w.int8(-2))).toBe('fe')
    expect(written((w) => w.int16(-2))).toBe('fffe')
    expect(written((w) => w.uint16(0xfffe))).toBe('fffe')
    expect(written((w) => w.int32(-2))).toBe('fffffffe')
    expect(written((w) => w.uint32(0xfffffffe))).toBe('fffffffe')
    expect(written((w) => w.float64(-1.5))).toBe('bff8000000000000')
  })

  test.each([
    [0, '0000000000000000'],
    [-1, 'ffffffffffffffff'],
    [Number.MAX_SAFE_INTEGER, '001fffffffffffff'],
    [Number.MIN_SAFE_INTEGER, 'ffe0000000000001'],
    [Infinity, '7fffffffffffffff'],
    [2 ** 62, '4000000000000000'],
    [2 ** 63, '7fffffffffffffff'],
    [-(2 ** 63), '8000000000000000'],
  ])('int64 %d', (value, hex) => {
    expect(written((w) => w.int64(value))).toBe(hex)
  })

  test('out of range or not whole are faults', () => {
    expect(fault((w) => w.int8(128))).toBe('128 is no int8')
    expect(fault((w) => w.int16(-32769))).toBe('-32769 is no int16')
    expect(fault((w) => w.uint16(-1))).toBe('-1 is no uint16')
    expect(fault((w) => w.int32(2 ** 31))).toBe('2147483648 is no int32')
    expect(fault((w) => w.int32(0.5))).toBe('0.5 is no int32')
    expect(fault((w) => w.int32(Number.NaN))).toBe('NaN is no int32')
    expect(fault((w) => w.uint32(-1))).toBe('-1 is no uint32')
    expect(fault((w) => w.int64(Number.NaN))).toBe('NaN is no int64')
    expect(fault((w) => w.int64(-Infinity))).toBe('-Infinity is no int64')
    expect(fault((w) => w.varint(2 ** 31))).toBe('2147483648 is no varint')
    expect(fault((w) => w.varlong(2 ** 53))).toBe('9007199254740992 is no varlong')
  })

  test('varints come back', () => {
    const unsigned = fc.integer({ min: 0, max: 2 ** 32 - 1 })
    fc.assert(
      fc.property(unsigned, fc.integer(), fc.maxSafeInteger(), (first, second, third) => {
        const writer = new Writer()
        writer.unsignedVarint(first)
        expect(writer.position).toBe(varintBytes(first))
        writer.varint(second)
        writer.varlong(third)
        const reader = new Reader(writer.finish())
        expect(reader.unsignedVarint()).toBe(first)
        expect(reader.varint()).toBe(second)
        expect(reader.varlong()).toBe(third)
        expect([reader.remaining, reader.error]).toEqual([0, null])
      }),
      { numRuns: 2000 },
    )
  })
})

describe('strings', () => {
  const unit = fc.constantFrom('a', '~', '\u007f', '\u0080', 'я', '€', '🧵')

  test('of any length and script come back in both encodings', () => {
    const text = fc.string({ unit, maxLength: 300 })
    fc.assert(
      fc.property(text, fc.boolean(), (value, flexible) => {
        const writer = new Writer(16)
        writer.string(flexible, value)
        writer.nullableString(flexible, null)
        const reader = new Reader(writer.finish())
        expect(reader.string(flexible)).toBe(value)
        expect(reader.nullableString(flexible)).toBeNull()
        expect([reader.remaining, reader.error]).toEqual([0, null])
      }),
      { numRuns: 2000 },
    )
  })

  test('have at most 32767 bytes', () => {
    for (const flexible of [true, false]) {
      expect(fault((w) => w.string(flexible, 'a'.repeat(32767)))).toBeNull()
      expect(fault((w) => w.string(flexible, 'a'.repeat(32768)))).toBe('string of 32768 bytes')
      expect(fault((w) => w.string(flexible, 'я'.repeat(20000)))).toBe('string of 40000 bytes')
    }
  })

  test('with half a surrogate pair are written as U+FFFD', () => {
    expect(written((w) => w.string(false, '\ud800'))).toBe('0003efbfbd')
  })
})

test('null is a fault where the version has none', () => {
  const message = 'null where this version has none'
  expect(fault((w) => w.nullableString(true, null, false))).toBe(message)
  expect(fault((w) => w.nullableBytes(true, null, false))).toBe(message)
  expect(fault((w) => w.nullableArray(false, null, 0, writeInt32, false))).toBe(message)
  expect(fault((w) => w.nullableStruct(true, null, 0, writeInt32, false))).toBe(message)
})

test('the size of a tagged field goes in front of it, however long it gets', () => {
  for (const length of [0, 1, 127, 128, 129, 16383, 16384, 70000]) {
    const writer = new Writer(16)
    const size = writer.enterTag(3)
    writer.raw(new Uint8Array(length).fill(7))
    writer.leaveTag(size)
    writer.int8(42)
    const reader = new Reader(writer.finish())
    expect(reader.unsignedVarint()).toBe(3)
    const outer = reader.enterTag()
    expect(reader.raw(length)).toEqual(new Uint8Array(length).fill(7))
    reader.leave(outer)
    expect([reader.int8(), reader.remaining, reader.error]).toEqual([42, 0, null])
  }
})

test('a length can be filled in behind what it counts', () => {
  const writer = new Writer()
  const at = writer.reserveInt32()
  writer.int16(7)
  writer.patchInt32(at, writer.position - at - 4)
  expect(Buffer.from(writer.finish()).toString('hex')).toBe('000000020007')
})

test('using it wrongly is an assertion', () => {
  const writer = new Writer()
  expect(() => writer.patchInt32(0, 1)).toThrow('a patch lies inside')
  writer.finish()
  expect(() => writer.finish()).toThrow('finished once')
})

test('the first fault stays', () => {
  const message = fault((w) => {
    w.unsupported('FetchRequest.replicaId', 15)
    w.fail('later')
  })
  expect(message).toBe('version 15 cannot carry FetchRequest.replicaId')
})
