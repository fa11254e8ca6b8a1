/**
 * Messages that may not be deleted though every consumer has finished them, since later puts are
 * known by them: their offsets, rising, each with a note of what for. Pure.
 */
import { assert } from '../../base/assert.ts'

interface Noted<Note> {
  /** The message has no lower offset. */
  readonly from: number
  readonly note: Note
}

/** Fewer than these are all kept. */
const checkedMin = 1_000

/** See the head of this file. */
export class NotedOffsets<Note> {
  #noted: Noted<Note>[] = []
  /** So many were there when all were last looked at. */
  #checkedAt = checkedMin

  /** How many it knows, some included that are not needed any more. */
  get size(): number {
    return this.#noted.length
  }

  /** A message at `from`, or above it and below the next that is added. */
  add(from: number, note: Note): void {
    assert(from >= (this.#noted.at(-1)?.from ?? 0), 'offsets rise')
    this.#noted.push({ from, note })
  }

  /** Below it no message is needed; Infinity: none is. What is not needed never is again. */
  neededFrom(isNeeded: (note: Note) => boolean): number {
    let done = 0
    while (done < this.#noted.length && !isNeeded((this.#noted[done] as Noted<Note>).note)) done++
    this.#noted.splice(0, done)
    // One that is needed for long may stand before many that are not.
    if (this.#noted.length >= 2 * this.#checkedAt) {
      this.#noted = this.#noted.filter(({ note }) => isNeeded(note))
      this.#checkedAt = Math.max(checkedMin, this.#noted.length)
    }
    return this.#noted[0]?.from ?? Infinity
  }
}
