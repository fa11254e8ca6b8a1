import type { ConsumedRecord } from './kcat.ts'

const newline = 0x0a

/**
 * Cuts kcat's output into records. Each is a line `partition offset keyLength valueLength`, then
 * the bytes of key and value; a length of -1 is null and read as empty.
 */
export class OutputParser {
  readonly #take: (record: ConsumedRecord) => void
  #buffered: Buffer = Buffer.alloc(0)

  constructor(take: (record: ConsumedRecord) => void) {
    this.#take = take
  }

  /** True when no part of a record is left over. */
  get empty(): boolean {
    return this.#buffered.length === 0
  }

  push(chunk: Buffer): void {
    let bytes = this.empty ? chunk : Buffer.concat([this.#buffered, chunk])
    for (;;) {
      const headEnd = bytes.indexOf(newline)
      if (headEnd < 0) break
      const [partition, offset, keyLength, valueLength] = bytes
        .toString('latin1', 0, headEnd)
        .split(' ')
        .map(Number) as [number, number, number, number]
      const keyAt = headEnd + 1
      const valueAt = keyAt + Math.max(keyLength, 0)
      const end = valueAt + Math.max(valueLength, 0)
      if (bytes.length < end) break
      this.#take({
        partition,
        offset,
        key: bytes.subarray(keyAt, valueAt),
        value: bytes.subarray(valueAt, end),
      })
      bytes = bytes.subarray(end)
    }
    this.#buffered = bytes
  }
}
