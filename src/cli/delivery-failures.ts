import { assert } from '../base/assert.ts'
import type { DeliveryReport } from '../client/index.ts'

/** Counts what was stored and what was not, and tells of each kind of failure once, as it comes. */
export class DeliveryFailures {
  readonly #tell: (sentence: string) => void
  readonly #told = new Set<string>()
  #stored = 0
  #failed = 0

  constructor(tell: (sentence: string) => void) {
    this.#tell = tell
  }

  /** Records that are stored, as far as is known. */
  get stored(): number {
    return this.#stored
  }

  /** Records that are not. */
  get failed(): number {
    return this.#failed
  }

  /** Takes a report of the producer. */
  add({ topic, partition, recordsCount, error }: DeliveryReport): void {
    assert(recordsCount > 0, 'a report is of records')
    if (error === null) {
      this.#stored += recordsCount
      return
    }
    this.#failed += recordsCount
    const place = partition < 0 ? topic : `${topic}-${partition}`
    this.#once(`Records of ${place} were not stored: ${error.message}`)
  }

  /** Takes a record that could not even be handed to the producer. */
  refused(input: string, error: Error): void {
    this.#failed++
    this.#once(`${input} was not sent: ${error.message}`)
  }

  #once(sentence: string): void {
    if (this.#told.has(sentence)) return
    this.#told.add(sentence)
    assert(this.#told.size <= this.#failed, 'each sentence is of a record')
    this.#tell(sentence)
  }
}
