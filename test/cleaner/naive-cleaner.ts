/**
 * What compaction must leave, said over plain lists of records: slow, and without batches' bytes,
 * offset maps or segments. It follows one log through its cleanings.
 */

/** A record with what decides about it. */
export interface NaiveRecord {
  readonly offset: number
  readonly key: string | null
  readonly isTombstone: boolean
  readonly isAborted: boolean
  /** Base offset of its batch: tombstones of one batch share their horizon. */
  readonly batch: number
}

/** The records that should be there. */
export class NaiveCleaner {
  records: readonly NaiveRecord[]
  readonly #horizons = new Map<number, number>()

  constructor(records: readonly NaiveRecord[]) {
    this.records = records
  }

  /** Cleans [dirty, end) at `now`; everything before was cleaned before. */
  clean(dirty: number, end: number, now: number, deleteRetentionMs: number): void {
    const counted = this.records.filter(
      (one) => one.offset >= dirty && one.offset < end && !one.isAborted,
    )
    const last = new Map(counted.map((one) => [one.key, one.offset]))
    const isOver = (one: NaiveRecord): boolean => (this.#horizons.get(one.batch) ?? now + 1) <= now
    this.records = this.records.filter((one) => {
      if (one.offset >= end) return true
      if (one.isAborted || one.key === null) return false
      return one.offset >= (last.get(one.key) ?? 0) && !(one.isTombstone && isOver(one))
    })
    for (const one of this.records) {
      if (one.offset >= end || !one.isTombstone || this.#horizons.has(one.batch)) continue
      this.#horizons.set(one.batch, now + deleteRetentionMs)
    }
  }
}
