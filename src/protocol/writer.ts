/**
 * Primitives of Kafka's wire format, written into one growing buffer.
 *
 * Like the reader, a writer is sticky: a value that the chosen version cannot carry (a field that
 * it does not have, null where it has none, a number out of range, a string too long) is kept in
 * `error`, and the caller checks it once at the end. What was written until then is not to be used.
 *
 * A writer may leave large byte fields where they are: {@link Writer.finishPieces} then hands out
 * what was written as several pieces, which a socket can send together without copying them.
 */
import { assert } from '../base/assert.ts'
import { wireStringBytesMax } from '../base/limits.ts'
import { type Uuid, uuidToBytes } from './uuid.ts'

/** Writes one array element or one struct; the counterpart of `Decode`. */
export type Encode<T> = (writer: Writer, version: number, flexible: boolean, value: T) => void

/** Up to this length a JavaScript loop beats the call into the engine's UTF-8 encoder. */
const loopUnitsMax = 40

/** Bytes of somebody else that stand behind the first `at` bytes of the writer's own. */
interface Splice {
  readonly at: number
  readonly bytes: Uint8Array
}

/** A buffer that grows, and the first fault. See the head of this file. */
export class Writer {
  readonly #spliceBytesMin: number
  readonly #splices: Splice[] = []
  #splicedBytes = 0
  #bytes: Buffer
  #view: DataView
  /** Bytes in #bytes: without the splices. */
  #position = 0
  #error: string | null = null
  #finished = false

  /**
   * `capacity` is the first size of the buffer, in bytes; a good guess saves copies. Byte fields of
   * `spliceBytesMin` and more are not copied; they must stay as they are until the pieces are sent.
   */
  constructor(capacity = 256, spliceBytesMin: number = Infinity) {
    this.#spliceBytesMin = spliceBytesMin
    this.#bytes = Buffer.allocUnsafeSlow(Math.max(capacity, 16))
    this.#view = viewOf(this.#bytes)
  }

  /** The first fault as a sentence, or null. */
  get error(): string | null {
    return this.#error
  }

  /** Bytes written so far, those that were not copied among them. */
  get position(): number {
    return this.#position + this.#splicedBytes
  }

  /** Records a fault unless there is one already. */
  fail(fault: string): void {
    this.#error ??= fault
  }

  /** Records that `field` has a value that `version` of its message cannot carry. */
  unsupported(field: string, version: number): void {
    this.fail(`version ${version} cannot carry ${field}`)
  }

  /** Hands out what was written, without a copy. The writer must not be used after it. */
  finish(): Uint8Array {
    assert(!this.#finished, 'a writer is finished once')
    this.#finished = true
    return new Uint8Array(this.#bytes.buffer, this.#bytes.byteOffset, this.#position)
  }

  /** As {@link finish}, in the pieces that together are what was written. */
  finishPieces(): readonly Uint8Array[] {
    const own = this.finish()
    assert(own.length === this.#position, 'what is handed out is what was written')
    const pieces: Uint8Array[] = []
    let from = 0
    for (const { at, bytes } of this.#splices) {
      if (at > from) pieces.push(own.subarray(from, at))
      pieces.push(bytes)
      from = at
    }
    if (from < own.length || pieces.length === 0) pieces.push(own.subarray(from))
    return pieces
  }

  bool(value: boolean): void {
    this.#ensure(1)
    this.#bytes[this.#position++] = value ? 1 : 0
  }

  int8(value: number): void {
    if ((value << 24) >> 24 !== value) this.#range('int8', value)
    this.#ensure(1)
    this.#bytes[this.#position++] = value
  }

  int16(value: number): void {
    if ((value << 16) >> 16 !== value) this.#range('int16', value)
    const at = this.#advance(2)
    this.#view.setInt16(at, value)
  }

  uint16(value: number): void {
    if ((value & 0xffff) !== value) this.#range('uint16', value)
    const at = this.#advance(2)
    this.#view.setUint16(at, value)
  }

  int32(value: number): void {
    if ((value | 0) !== value) this.#range('int32', value)
    const at = this.#advance(4)
    this.#view.setInt32(at, value)
  }

  uint32(value: number): void {
    if (value >>> 0 !== value) this.#range('uint32', value)
    const at = this.#advance(4)
    this.#view.setUint32(at, value)
  }

  /** An int64; Infinity is written as 2^63-1. */
  int64(value: number): void {
    const at = this.#advance(8)
    if (Number.isSafeInteger(value)) {
      this.#view.setInt32(at, Math.floor(value / 0x1_0000_0000))
      this.#view.setUint32(at + 4, value >>> 0)
    } else if (value >= 2 ** 63) {
      this.#view.setInt32(at, 0x7fff_ffff)
      this.#view.setUint32(at + 4, 0xffff_ffff)
    } else if (Number.isInteger(value) && value >= -(2 ** 63)) {
      this.#view.setBigInt64(at, BigInt(value))
    } else {
      this.#range('int64', value)
    }
  }

  float64(value: number): void {
    const at = this.#advance(8)
    this.#view.setFloat64(at, value)
  }

  /** A varint of a number from 0 to 2^32-1. */
  unsignedVarint(value: number): void {
    this.#ensure(5)
    let rest = value
    while (rest > 0x7f) {
      this.#bytes[this.#position++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    this.#bytes[this.#position++] = rest
  }

  /** A zig-zag varint of 32 bits. */
  varint(value: number): void {
    if ((value | 0) !== value) this.#range('varint', value)
    this.unsignedVarint(((value << 1) ^ (value >> 31)) >>> 0)
  }

  /** A zig-zag varint of a safe integer. */
  varlong(value: number): void {
    if (!Number.isSafeInteger(value)) {
      this.#range('varlong', value)
      return
    }
    this.#ensure(10)
    // Zig-zag in two parts of 28 and 26 bits: the doubled magnitude has up to 54.
    const half = value < 0 ? -(value + 1) : value
    let low = (half % 0x800_0000) * 2 + (value < 0 ? 1 : 0)
    let high = Math.floor(half / 0x800_0000)
    while (high > 0 || low > 0x7f) {
      this.#bytes[this.#position++] = (low & 0x7f) | 0x80
      low = (low >>> 7) | ((high & 0x7f) << 21)
      high >>>= 7
    }
    this.#bytes[this.#position++] = low
  }

  uuid(value: Uuid): void {
    const at = this.#advance(16)
    if (!uuidToBytes(value, this.#bytes, at)) this.fail(`not a UUID: ${value}`)
  }

  string(flexible: boolean, value: string): void {
    const units = value.length
    const prefix = flexible ? 1 : 2
    this.#ensure(5 + units * 3)
    if (flexible && units * 3 >= 0x7f) {
      this.#longString(value)
      return
    }
    const length = this.#utf8(value, this.#position + prefix)
    if (flexible) this.#bytes[this.#position] = length + 1
    else if (length > wireStringBytesMax) this.fail(`string of ${length} bytes`)
    else this.#view.setInt16(this.#position, length)
    this.#position += prefix + length
  }

  /** A string or null. `allowed` false: this version of the field has no null. */
  nullableString(flexible: boolean, value: string | null, allowed = true): void {
    if (value !== null) {
      this.string(flexible, value)
      return
    }
    this.#checkNull(allowed)
    if (flexible) this.unsignedVarint(0)
    else this.int16(-1)
  }

  bytes(flexible: boolean, value: Uint8Array): void {
    if (flexible) this.unsignedVarint(value.length + 1)
    else this.int32(value.length)
    this.raw(value)
  }

  /** Bytes, or null where `allowed`. */
  nullableBytes(flexible: boolean, value: Uint8Array | null, allowed = true): void {
    if (value !== null) this.bytes(flexible, value)
    else this.#nullLength(flexible, allowed)
  }

  /** Bytes without a length. */
  raw(value: Uint8Array): void {
    if (value.length >= this.#spliceBytesMin) {
      this.#splices.push({ at: this.#position, bytes: value })
      this.#splicedBytes += value.length
      return
    }
    this.#ensure(value.length)
    this.#bytes.set(value, this.#position)
    this.#position += value.length
  }

  array<T>(flexible: boolean, values: readonly T[], version: number, encode: Encode<T>): void {
    if (flexible) this.unsignedVarint(values.length + 1)
    else this.int32(values.length)
    for (const value of values) encode(this, version, flexible, value)
  }

  /** An array, or null where `allowed`. */
  nullableArray<T>(
    flexible: boolean,
    values: readonly T[] | null,
    version: number,
    encode: Encode<T>,
    allowed = true,
  ): void {
    if (values !== null) this.array(flexible, values, version, encode)
    else this.#nullLength(flexible, allowed)
  }

  /** A struct that may be null: one byte tells, -1 or 1. */
  nullableStruct<T>(
    flexible: boolean,
    value: T | null,
    version: number,
    encode: Encode<T>,
    allowed = true,
  ): void {
    this.int8(value === null ? -1 : 1)
    if (value === null) this.#checkNull(allowed)
    else encode(this, version, flexible, value)
  }

  /**
   * Begins a tagged field whose size is not known yet. Returns what {@link leaveTag} needs to put
   * the size in front of it.
   */
  enterTag(tag: number): number {
    this.unsignedVarint(tag)
    return this.#advance(1)
  }

  /** Ends a tagged field: its size, of one byte nearly always, goes in front of the content. */
  leaveTag(sizeAt: number): void {
    assert((this.#splices.at(-1)?.at ?? 0) <= sizeAt, 'byte fields in tags are copied')
    const size = this.#position - sizeAt - 1
    if (size < 0x80) {
      this.#bytes[sizeAt] = size
      return
    }
    const extra = varintBytes(size) - 1
    this.#ensure(extra)
    this.#bytes.copyWithin(sizeAt + 1 + extra, sizeAt + 1, this.#position)
    this.#position = sizeAt
    this.unsignedVarint(size)
    this.#position += size
  }

  /**
   * Leaves room for an int32, a length say, that {@link patchInt32} fills in. Returns its place.
   */
  reserveInt32(): number {
    return this.#advance(4)
  }

  /** Fills in an int32 at a place that {@link reserveInt32} gave. */
  patchInt32(at: number, value: number): void {
    assert(at >= 0 && at + 4 <= this.#position, 'a patch lies inside what was written')
    this.#view.setInt32(at, value)
  }

  #nullLength(flexible: boolean, allowed: boolean): void {
    this.#checkNull(allowed)
    if (flexible) this.unsignedVarint(0)
    else this.int32(-1)
  }

  #checkNull(allowed: boolean): void {
    if (!allowed) this.fail('null where this version has none')
  }

  #longString(value: string): void {
    const length = Buffer.byteLength(value)
    if (length > wireStringBytesMax) {
      this.fail(`string of ${length} bytes`)
      return
    }
    this.unsignedVarint(length + 1)
    this.#position += this.#utf8(value, this.#position)
  }

  /**
   * Writes UTF-8 at `at`, where there is room for three bytes a unit; returns the bytes written.
   */
  #utf8(value: string, at: number): number {
    const units = value.length
    if (units > loopUnitsMax) return this.#bytes.write(value, at, 'utf8')
    for (let i = 0; i < units; i++) {
      const unit = value.charCodeAt(i)
      if (unit > 0x7f) return this.#bytes.write(value, at, 'utf8')
      this.#bytes[at + i] = unit
    }
    return units
  }

  #range(type: string, value: number): void {
    this.fail(`${value} is no ${type}`)
  }

  /** Makes room and moves on. It may replace the buffer, so call it before naming `#view`. */
  #advance(length: number): number {
    this.#ensure(length)
    const at = this.#position
    this.#position = at + length
    return at
  }

  #ensure(length: number): void {
    if (this.#position + length > this.#bytes.length) this.#grow(this.#position + length)
  }

  #grow(needed: number): void {
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2))
    grown.set(this.#bytes.subarray(0, this.#position))
    this.#bytes = grown
    this.#view = viewOf(grown)
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** Bytes that {@link Writer.unsignedVarint} needs for `value`. */
export function varintBytes(value: number): number {
  let bytes = 1
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes++
  return bytes
}
