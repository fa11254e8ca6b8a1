/**
 * When a snapshot of the metadata is written: when enough was appended, or when a committed change
 * has waited for one long enough (`metadata.log.max.snapshot.interval.ms`).
 */
import { assert } from '../base/assert.ts'
import type { TimerHandle, Timers } from '../base/clock.ts'
import type { MetadataImage } from '../metadata/image.ts'

/** What a schedule works with. */
export interface SnapshotScheduleOptions {
  readonly timers: Timers
  /** 0: a change may wait for ever. */
  readonly intervalMs: number
  /** Writes a snapshot of a committed image if it is due; `hasWaited`: if anything is new. */
  readonly write: (image: MetadataImage, hasWaited: boolean) => Promise<void>
  /** Told when one could not be written. */
  readonly onFailure: (cause: unknown) => void
}

/** See the head of this file. All calls on the Node thread. */
export class SnapshotSchedule {
  readonly #options: SnapshotScheduleOptions
  #newest: MetadataImage | undefined
  #timer: TimerHandle | undefined
  #closed = false

  constructor(options: SnapshotScheduleOptions) {
    assert(options.intervalMs >= 0, 'time does not run back')
    this.#options = options
  }

  /** A change was committed. */
  committed(image: MetadataImage): void {
    this.#newest = image
    this.#write(image, false)
    const { timers, intervalMs } = this.#options
    if (this.#closed || intervalMs === 0 || this.#timer !== undefined) return
    this.#timer = timers.setTimeout(() => {
      this.#timer = undefined
      assert(this.#newest !== undefined, 'a change was committed before one could wait')
      this.#write(this.#newest, true)
    }, intervalMs)
  }

  /** No snapshot is begun by time after this. */
  close(): void {
    this.#closed = true
    this.#options.timers.clear(this.#timer)
    this.#timer = undefined
  }

  #write(image: MetadataImage, hasWaited: boolean): void {
    this.#options.write(image, hasWaited).catch(this.#options.onFailure)
  }
}
