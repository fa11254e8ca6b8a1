import { assert } from '../base/assert.ts'
import { bytesInWords } from './check-words.ts'

const intervalMs = 250

/** Counts records and bytes, and shows them on a terminal while they grow. */
export class LiveCounter {
  readonly #stream: Pick<NodeJS.WriteStream, 'write'> | undefined
  readonly #nowMs: () => number
  readonly #sinceMs: number
  readonly #timer: NodeJS.Timeout | undefined
  #records = 0
  #bytes = 0

  /** @param stream undefined: nothing is shown. */
  constructor(
    stream: Pick<NodeJS.WriteStream, 'write'> | undefined,
    nowMs: () => number = () => performance.now(),
  ) {
    this.#stream = stream
    this.#nowMs = nowMs
    this.#sinceMs = nowMs()
    if (stream === undefined) return
    this.#timer = setInterval(() => this.#show(), intervalMs)
    this.#timer.unref()
  }

  /** Adds what was done. */
  add(records: number, bytes: number): void {
    assert(records >= 0 && bytes >= 0, 'what was done is not undone')
    this.#records += records
    this.#bytes += bytes
  }

  /** `1,234 records, 5.6 MB, 789 records/s` */
  get line(): string {
    const seconds = Math.max(1e-3, (this.#nowMs() - this.#sinceMs) / 1000)
    const count = (number: number): string => Math.round(number).toLocaleString('en')
    const rate = count(this.#records / seconds)
    return `${count(this.#records)} records, ${bytesInWords(this.#bytes)}, ${rate} records/s`
  }

  /** Shows the sum in a line that stays, and nothing more. */
  end(): void {
    if (this.#stream === undefined) return
    clearInterval(this.#timer)
    this.#show()
    this.#stream.write('\n')
  }

  /** In place of the line before. */
  #show(): void {
    this.#stream?.write(`\r\u001b[K${this.line}`)
  }
}
