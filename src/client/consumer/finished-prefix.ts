/**
 * Which records are finished where several are worked on at once: an offset may be committed when
 * everything before it is done, so that a crash repeats records and never skips one. Pure.
 */
import { assert } from '../../base/assert.ts'

interface Started {
  readonly offset: number
  readonly leaderEpoch: number
  isFinished: boolean
}

/** The records of one partition that were started, in their order. */
export class FinishedPrefix {
  readonly #started: Started[] = []
  /** Index of the first record that is not finished. */
  #first = 0
  #last: Started | null = null

  /** How many records are started and not finished, or finished behind one that is not. */
  get size(): number {
    return this.#started.length - this.#first
  }

  /** The offset to commit and the epoch of the record before it; null before the first. */
  get end(): { readonly offset: number; readonly leaderEpoch: number } | null {
    if (this.#last === null) return null
    return { offset: this.#last.offset + 1, leaderEpoch: this.#last.leaderEpoch }
  }

  /** A record is begun; offsets grow. The result is called when it is finished. */
  start(offset: number, leaderEpoch: number): () => void {
    const before = this.#started.at(-1)
    assert(before === undefined || before.offset < offset, 'records begin in their order')
    const record = { offset, leaderEpoch, isFinished: false }
    this.#started.push(record)
    return () => {
      assert(!record.isFinished, 'a record is finished once')
      record.isFinished = true
      this.#advance()
    }
  }

  #advance(): void {
    for (let next = this.#started[this.#first]; next?.isFinished; ) {
      this.#last = next
      next = this.#started[++this.#first]
    }
    assert(this.#first <= this.#started.length, 'nothing is finished that was not begun')
    // The finished part is dropped now and then, not per record.
    if (this.#first >= 1024 || this.#first === this.#started.length) {
      this.#started.splice(0, this.#first)
      this.#first = 0
    }
  }
}
