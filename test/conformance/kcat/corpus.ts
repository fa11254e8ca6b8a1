import { sourceLines } from './sources.ts'

/** Ends a record and separates its key from its value in what kcat reads. */
export const recordEnd = 0x0a
export const keyEnd = 0x1f
const space = 0x20

/** Every so manieth record is of a special kind; primes, so that the kinds also meet. */
const everyEmptyValue = 101
const everyEmptyKey = 53
const everyForeignValue = 61
const everyForeignKey = 67
/** U+FEFF in UTF-16, little endian: two bytes that never occur in UTF-8. */
const byteOrderMark = Buffer.from([0xff, 0xfe])

/** A record of the corpus; the buffers are views of the corpus. */
export interface CorpusRecord {
  readonly key: Buffer
  readonly value: Buffer
}

/**
 * Records made of real text lines, laid out as kcat reads them: key, 0x1f, value, newline. The key
 * is the path of the line's file, so that the order per key can be checked, or empty; the value
 * begins with the record's number in base 36 and a space, so that every record can be told from
 * every other. An empty value has that number in its key. Some keys and values are not UTF-8.
 */
export class Corpus {
  readonly bytes: Buffer
  /** Start of each record, and behind the last one the end. */
  readonly #starts: Uint32Array

  private constructor(bytes: Buffer, starts: Uint32Array) {
    this.bytes = bytes
    this.#starts = starts
  }

  /** Makes a corpus of at least `bytesMin` bytes, at most one record more. */
  static make(bytesMin: number): Corpus {
    const bytes = Buffer.allocUnsafe(bytesMin + 128 * 1024)
    const starts: number[] = [0]
    let end = 0
    for (const line of sourceLines()) {
      if (end >= bytesMin) break
      const { key, value } = recordOf(starts.length - 1, line.path, line.text)
      end += copyClean(key, bytes, end)
      bytes[end++] = keyEnd
      end += copyClean(value, bytes, end)
      bytes[end++] = recordEnd
      starts.push(end)
    }
    return new Corpus(bytes.subarray(0, end), Uint32Array.from(starts))
  }

  get recordCount(): number {
    return this.#starts.length - 1
  }

  record(number: number): CorpusRecord {
    const start = this.#starts[number] ?? 0
    const end = (this.#starts[number + 1] ?? 0) - 1
    const separator = this.bytes.indexOf(keyEnd, start)
    return {
      key: this.bytes.subarray(start, separator),
      value: this.bytes.subarray(separator + 1, end),
    }
  }

  /** The bytes of the records from number `from` up to, not including, number `to`. */
  slice(from: number, to: number): Buffer {
    return this.bytes.subarray(this.#starts[from], this.#starts[to])
  }
}

/** The number that {@link Corpus} wrote into a record; undefined if there is none. */
export function recordNumber(record: CorpusRecord): number | undefined {
  const text = record.value.length > 0 ? record.value : record.key
  const end = text.indexOf(space)
  const number = Number.parseInt(text.toString('latin1', 0, end < 0 ? text.length : end), 36)
  return Number.isNaN(number) ? undefined : number
}

function recordOf(number: number, path: string, line: Buffer): CorpusRecord {
  const name = number.toString(36)
  if (number % everyEmptyValue === 0) {
    return { key: Buffer.from(`${name} without a value`), value: Buffer.alloc(0) }
  }
  const foreign = number % everyForeignValue === 0
  const value = Buffer.concat([Buffer.from(`${name} `), foreign ? asUtf16(line) : line])
  if (number % everyEmptyKey === 0) return { key: Buffer.alloc(0), value }
  const key = Buffer.from(path)
  return { key: number % everyForeignKey === 0 ? asUtf16(key) : key, value }
}

function asUtf16(text: Buffer): Buffer {
  return Buffer.concat([byteOrderMark, Buffer.from(text.toString('latin1'), 'utf16le')])
}

/** Copies `from`, with a space for each byte that has a meaning of its own; gives the length. */
function copyClean(from: Buffer, to: Buffer, at: number): number {
  from.copy(to, at)
  for (let i = at; i < at + from.length; i++) {
    if (to[i] === recordEnd || to[i] === keyEnd) to[i] = space
  }
  return from.length
}
