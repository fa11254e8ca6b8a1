/**
 * Primitives of Kafka's wire format, read from one frame.
 *
 * A reader is sticky: the first fault is kept in `error`, from then on every read gives zero, an
 * empty value or null, and no array has elements. So a decoder reads on and the caller checks
 * `error` once, before it uses what it got. Every length is compared with what is left of the frame
 * before anything is allocated.
 *
 * Byte fields are views of the frame, not copies: they live as long as the frame's memory does.
 */
import { asBuffer } from '../base/as-buffer.ts'
import {
  wireArrayElementsMax,
  wireMessageElementsMax,
  wireStringBytesMax,
  wireTaggedFieldsMax,
} from '../base/limits.ts'
import { type Uuid, uuidFromBytes, zeroUuid } from './uuid.ts'

/**
 * Reads one array element or one struct. `flexible` says whether the message's version uses the
 * compact encodings and tagged fields.
 */
export type Decode<T> = (reader: Reader, version: number, flexible: boolean) => T

const none = new Uint8Array(0)

/** How the fault of a number begins that is right, and that a double does not hold exactly. */
export const beyondNumbers = 'int64 beyond 2^53'

/** A position in a frame, and the first fault found there. See the head of this file. */
export class Reader {
  readonly #bytes: Buffer
  readonly #view: DataView
  #position = 0
  /**
   * Invariant: position <= end <= length of the frame; equal to position once there is an error.
   */
  #end: number
  #error: string | null = null
  #skippedTag = false
  /** Array elements announced so far, bounded by wireMessageElementsMax. */
  #elements = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = asBuffer(bytes)
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#end = bytes.byteLength
  }

  /** The first fault, as a sentence with its byte position, or null. */
  get error(): string | null {
    return this.#error
  }

  /** Bytes read so far. */
  get position(): number {
    return this.#position
  }

  /** Bytes left of the frame, or of the tagged field that is being read. */
  get remaining(): number {
    return this.#end - this.#position
  }

  /**
   * Records a fault at the current position, unless there is one already, and stops all reading.
   */
  fail(fault: string): void {
    this.#error ??= `${fault} at byte ${this.#position}`
    this.#end = this.#position
  }

  bool(): boolean {
    return this.int8() !== 0
  }

  int8(): number {
    return this.#take(1) ? this.#view.getInt8(this.#position - 1) : 0
  }

  int16(): number {
    return this.#take(2) ? this.#view.getInt16(this.#position - 2) : 0
  }

  uint16(): number {
    return this.#take(2) ? this.#view.getUint16(this.#position - 2) : 0
  }

  int32(): number {
    return this.#take(4) ? this.#view.getInt32(this.#position - 4) : 0
  }

  uint32(): number {
    return this.#take(4) ? this.#view.getUint32(this.#position - 4) : 0
  }

  /**
   * An int64 as a number. 2^63-1, which Kafka uses for "no bound", reads as Infinity; any other
   * value that a double does not hold exactly is a fault, because a wrong offset is worse than
   * none.
   */
  int64(): number {
    if (!this.#take(8)) return 0
    const high = this.#view.getInt32(this.#position - 8)
    const low = this.#view.getUint32(this.#position - 4)
    const value = high * 0x1_0000_0000 + low
    if (Number.isSafeInteger(value)) return value
    if (high === 0x7fff_ffff && low === 0xffff_ffff) return Infinity
    this.fail(beyondNumbers)
    return 0
  }

  /**
   * An int64 as the nearest number, for timestamps that a client may choose freely and that are
   * only compared: whoever sends nanoseconds gets an answer instead of a closed connection.
   */
  int64Nearest(): number {
    if (!this.#take(8)) return 0
    const high = this.#view.getInt32(this.#position - 8)
    const value = high * 0x1_0000_0000 + this.#view.getUint32(this.#position - 4)
    return value >= 2 ** 63 ? Infinity : value
  }

  float64(): number {
    return this.#take(8) ? this.#view.getFloat64(this.#position - 8) : 0
  }

  /** A varint of at most 32 bits without sign; lengths and tags. */
  unsignedVarint(): number {
    const first = this.#byte()
    if (first < 0x80) return first
    let value = first & 0x7f
    for (let shift = 7; shift < 28; shift += 7) {
      const byte = this.#byte()
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
    const last = this.#byte()
    if (last > 0x0f) this.fail('varint beyond 32 bits')
    return this.#error === null ? (value | (last << 28)) >>> 0 : 0
  }

  /** A zig-zag varint of 32 bits. */
  varint(): number {
    const raw = this.unsignedVarint()
    return (raw >>> 1) ^ -(raw & 1)
  }

  /** A zig-zag varint of 64 bits. The range is that of {@link int64}, without Infinity. */
  varlong(): number {
    let low = 0
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.#byte()
      low |= (byte & 0x7f) << shift
      if (byte < 0x80) return (low >>> 1) ^ -(low & 1)
    }
    let high = 0
    for (let unit = 1; unit <= 2 ** 28; unit *= 0x80) {
      const byte = this.#byte()
      high += (byte & 0x7f) * unit
      if (byte < 0x80) return this.#unzigzag(low, high)
    }
    const last = this.#byte()
    if (last > 1) this.fail('varlong beyond 64 bits')
    return this.#unzigzag(low, high + last * 2 ** 35)
  }

  uuid(): Uuid {
    return this.#take(16) ? uuidFromBytes(this.#bytes, this.#position - 16) : zeroUuid
  }

  /** A string; null is a fault. Bytes that are not UTF-8 read as U+FFFD. */
  string(flexible: boolean): string {
    return this.nullableString(flexible, false) ?? ''
  }

  /** A string or null. `allowed` false: this version of the field has no null. */
  nullableString(flexible: boolean, allowed = true): string | null {
    const length = flexible ? this.unsignedVarint() - 1 : this.int16()
    if (length > wireStringBytesMax) this.fail('string too long')
    if (length < 0) return this.#null(length, allowed)
    const start = this.#position
    return this.#take(length) ? this.#bytes.toString('utf8', start, start + length) : ''
  }

  /** Bytes as a view of the frame; null is a fault. */
  bytes(flexible: boolean): Uint8Array {
    return this.nullableBytes(flexible, false) ?? none
  }

  /** Bytes as a view of the frame, or null where `allowed`. */
  nullableBytes(flexible: boolean, allowed = true): Uint8Array | null {
    const length = flexible ? this.unsignedVarint() - 1 : this.int32()
    if (length < 0) return this.#null(length, allowed)
    return this.raw(length)
  }

  /** The next `length` bytes as a view of the frame. */
  raw(length: number): Uint8Array {
    const start = this.#position
    if (!this.#take(length)) return none
    return new Uint8Array(this.#bytes.buffer, this.#bytes.byteOffset + start, length)
  }

  /** An array; null is a fault. `elementBytesMin` is the least that one element can take. */
  array<T>(flexible: boolean, elementBytesMin: number, version: number, decode: Decode<T>): T[] {
    return this.nullableArray(flexible, elementBytesMin, version, decode, false) ?? []
  }

  /** An array, or null where `allowed`. */
  nullableArray<T>(
    flexible: boolean,
    elementBytesMin: number,
    version: number,
    decode: Decode<T>,
    allowed = true,
  ): T[] | null {
    const length = flexible ? this.unsignedVarint() - 1 : this.int32()
    if (length < 0) return this.#null(length, allowed)
    const items: T[] = []
    if (!this.#admit(length, elementBytesMin)) return items
    for (let i = 0; i < length && this.#error === null; i++) {
      items.push(decode(this, version, flexible))
    }
    return items
  }

  /** A struct that may be null: one byte tells, -1 or 1. */
  nullableStruct<T>(
    flexible: boolean,
    version: number,
    decode: Decode<T>,
    allowed = true,
  ): T | null {
    if (this.int8() >= 0) return decode(this, version, flexible)
    return this.#null(-1, allowed)
  }

  /** Number of tagged fields that follow. */
  tagCount(): number {
    const count = this.unsignedVarint()
    if (count > wireTaggedFieldsMax) this.fail('too many tagged fields')
    else if (count * 2 > this.remaining) this.fail('tagged fields beyond the end')
    return this.#error === null ? count : 0
  }

  /** Reads the size of a tagged field and narrows the reader to it, as {@link enter} does. */
  enterTag(): number {
    return this.enter(this.unsignedVarint())
  }

  /**
   * Narrows the reader to the next `size` bytes, so that nothing reads beyond them. Returns what
   * {@link leave} needs to widen it again.
   */
  enter(size: number): number {
    const outer = this.#end
    if (size < 0 || size > this.remaining) this.fail(`part of ${size} bytes beyond the end`)
    else this.#end = this.#position + size
    return outer
  }

  /** Ends a part that {@link enter} began, which must have been read to its last byte. */
  leave(outer: number): void {
    if (this.#error !== null) return
    if (this.#position !== this.#end) this.fail('part longer than its content')
    else this.#end = outer
  }

  /** Passes over what is left of the tagged field that is being read, because it is not known. */
  skipRest(): void {
    this.#position = this.#end
    this.#skippedTag = true
  }

  /** Whether a tagged field that is not known was passed over. */
  get skippedTag(): boolean {
    return this.#skippedTag
  }

  /** Passes over a section of tagged fields of which none is known. */
  skipTags(): void {
    for (let left = this.tagCount(); left > 0; left--) {
      this.unsignedVarint()
      const outer = this.enterTag()
      this.skipRest()
      this.leave(outer)
    }
  }

  #take(length: number): boolean {
    const next = this.#position + length
    if (next <= this.#end) {
      this.#position = next
      return true
    }
    this.fail(`needs ${length} bytes, has ${this.remaining}`)
    return false
  }

  #byte(): number {
    return this.#take(1) ? (this.#bytes[this.#position - 1] ?? 0) : 0
  }

  #null(length: number, allowed: boolean): null {
    if (length !== -1) this.fail(`length ${length}`)
    else if (!allowed) this.fail('null where none is allowed')
    return null
  }

  #admit(length: number, elementBytesMin: number): boolean {
    this.#elements += length
    if (length > wireArrayElementsMax || this.#elements > wireMessageElementsMax) {
      this.fail(`array of ${length} elements`)
    } else if (length * elementBytesMin > this.remaining) {
      this.fail(`array of ${length} elements beyond the end`)
    }
    return this.#error === null
  }

  /** Undoes the zig-zag of a 64-bit value given as 28 low and up to 36 high bits. */
  #unzigzag(low: number, high: number): number {
    const odd = low & 1
    // (high * 2^28 + low) / 2 loses nothing as long as the result is a safe integer.
    const half = high * 2 ** 27 + (low >>> 1)
    const value = odd === 1 ? -half - 1 : half
    if (Number.isSafeInteger(value)) return value
    this.fail('varlong beyond 2^53')
    return 0
  }
}
