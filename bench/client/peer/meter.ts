import { type Figures, type Task, valueBytes } from '../task.ts'
import { Span } from './span.ts'

/** The warm-up takes at most so much of the records that there are. */
const warmUpShare = 1 / 3

/** So many records pass between two looks at the clock. */
const recordsPerLook = 1_024

/** Counts what a consumer hands out, from the end of a warm-up to the end of time or of records. */
export class Meter {
  readonly #task: Task
  #taken = 0
  #bytes = 0
  #nextLook = 1
  #from = 0
  #untilMs = 0
  #span: Span | undefined
  #settle: (figures: Figures) => void = () => {}
  /** What was measured, as soon as it is. */
  readonly figures: Promise<Figures>

  constructor(task: Task) {
    this.#task = task
    this.figures = new Promise((resolve) => {
      this.#settle = resolve
    })
  }

  /** Takes `count` records with `bytes` in their values together; true: no more are wanted. */
  take(count: number, bytes: number): boolean {
    this.#taken += count
    this.#bytes += bytes
    return this.#taken >= this.#nextLook && this.#look(performance.now())
  }

  #look(nowMs: number): boolean {
    const { seconds, records, brokerPid } = this.#task
    if (this.#taken > records) throw new Error(`${this.#taken} records, there are ${records}`)
    if (this.#bytes !== this.#taken * valueBytes) {
      throw new Error(`${this.#bytes} bytes in ${this.#taken} records of ${valueBytes}`)
    }
    this.#nextLook = Math.min(records, this.#taken + recordsPerLook)
    if (this.#untilMs === 0) this.#untilMs = nowMs + seconds * warmUpShare * 1_000
    if (this.#span === undefined) {
      if (nowMs < this.#untilMs && this.#taken < records * warmUpShare) return false
      this.#from = this.#taken
      this.#untilMs = nowMs + seconds * 1_000
      this.#span = new Span(brokerPid)
      return false
    }
    if (nowMs < this.#untilMs && this.#taken < records) return false
    this.#settle(this.#span.end(this.#taken - this.#from))
    return true
  }
}
