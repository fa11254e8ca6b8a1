/** What kafka-consumer-perf-test prints, from the same figures. */

/** Bytes that Kafka's tools call a MB. */
const mebibyte = 1024 * 1024

/** What was consumed in some time; times in ms since 1970. */
export interface ConsumeFigures {
  readonly startMs: number
  readonly endMs: number
  readonly mb: number
  readonly mbPerSecond: number
  readonly records: number
  readonly recordsPerSecond: number
  /** Spent without partitions, while the group divided them. */
  readonly rebalanceMs: number
  /** The rest of the time. */
  readonly fetchMs: number
  readonly fetchMbPerSecond: number
  readonly fetchRecordsPerSecond: number
}

/** A moment with what was consumed and waited for until then, from the begin on. */
export interface ConsumeMark {
  /** In ms since 1970. */
  readonly atMs: number
  readonly records: number
  readonly bytes: number
  readonly rebalanceMs: number
}

/** Figures between two moments. */
export function consumeFigures(from: ConsumeMark, to: ConsumeMark): ConsumeFigures {
  const elapsedMs = to.atMs - from.atMs
  const rebalanceMs = to.rebalanceMs - from.rebalanceMs
  const fetchMs = elapsedMs - rebalanceMs
  const mb = (to.bytes - from.bytes) / mebibyte
  const records = to.records - from.records
  return {
    ...{ startMs: from.atMs, endMs: to.atMs, mb, records, rebalanceMs, fetchMs },
    mbPerSecond: perSecond(mb, elapsedMs),
    recordsPerSecond: perSecond(records, elapsedMs),
    fetchMbPerSecond: perSecond(mb, fetchMs),
    fetchRecordsPerSecond: perSecond(records, fetchMs),
  }
}

/** The headings of {@link totalLine}. */
export const totalHeader: string =
  'start.time, end.time, data.consumed.in.MB, MB.sec, data.consumed.in.nMsg, nMsg.sec, ' +
  'rebalance.time.ms, fetch.time.ms, fetch.MB.sec, fetch.nMsg.sec'

/** The headings of {@link intervalLine}. */
export const intervalHeader: string =
  'time, threadId, data.consumed.in.MB, MB.sec, data.consumed.in.nMsg, nMsg.sec, ' +
  'rebalance.time.ms, fetch.time.ms, fetch.MB.sec, fetch.nMsg.sec'

/** The line of the whole run. */
export function totalLine(figures: ConsumeFigures): string {
  const { startMs, endMs, mb, records } = figures
  return [timeInWords(startMs), timeInWords(endMs), ...cells(figures, mb, records)].join(', ')
}

/** The line of an interval; what was consumed is told from the begin on, rates are its own. */
export function intervalLine(figures: ConsumeFigures, total: ConsumeFigures): string {
  return [timeInWords(figures.endMs), 0, ...cells(figures, total.mb, total.records)].join(', ')
}

function cells(figures: ConsumeFigures, mb: number, records: number): (string | number)[] {
  return [
    mb.toFixed(4),
    figures.mbPerSecond.toFixed(4),
    records,
    figures.recordsPerSecond.toFixed(4),
    Math.round(figures.rebalanceMs),
    Math.round(figures.fetchMs),
    figures.fetchMbPerSecond.toFixed(4),
    figures.fetchRecordsPerSecond.toFixed(4),
  ]
}

function perSecond(amount: number, ms: number): number {
  return ms > 0 ? (1000 * amount) / ms : 0
}

/** `2026-11-22 06:18:17:677`, in the time zone of this machine, as Kafka's tool writes it. */
export function timeInWords(ms: number): string {
  const time = new Date(ms)
  const two = (value: number): string => String(value).padStart(2, '0')
  const date = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join('-')
  const clock = [two(time.getHours()), two(time.getMinutes()), two(time.getSeconds())].join(':')
  return `${date} ${clock}:${String(time.getMilliseconds()).padStart(3, '0')}`
}
