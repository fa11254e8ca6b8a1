/** A file that one thread writes to and syncs: what a flush takes without a log. */
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** A batch of one record of 1 KiB, and the header of its entry in the journal. */
const entryBytes = 1150
const fileBytes = 64 * 1024 * 1024

export class BareDisk {
  readonly #file: number
  readonly #entry = Buffer.alloc(entryBytes, 2)
  #at = 0

  /** Makes the file, written whole, so that a flush changes nothing of the file system. */
  constructor(folder: string) {
    this.#file = openSync(join(folder, 'disk'), 'w')
    const mebibyte = Buffer.alloc(1 << 20, 1)
    for (let at = 0; at < fileBytes; at += mebibyte.length) {
      writeSync(this.#file, mebibyte, 0, undefined, at)
    }
    fdatasyncSync(this.#file)
  }

  /** Writes and syncs; how many ms that took. */
  flush(): number {
    const begin = performance.now()
    writeSync(this.#file, this.#entry, 0, undefined, this.#at)
    fdatasyncSync(this.#file)
    this.#at = (this.#at + entryBytes) % (fileBytes - entryBytes)
    return performance.now() - begin
  }

  close(): void {
    closeSync(this.#file)
  }
}
