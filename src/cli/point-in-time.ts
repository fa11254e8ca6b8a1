/** Points in time as Kafka's tools take them. */

const dateTime =
  /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)(Z|[+-]\d{2}(?::?\d{2})?)?$/

/**
 * `YYYY-MM-DDThh:mm:ss.sss` in ms since 1970, in UTC unless a zone (`Z`, `+02:00`) follows.
 * Undefined for anything else, a day that no month has among it.
 */
export function parseDateTime(text: string): number | undefined {
  const [, date = '', time = '', zone = 'Z'] = dateTime.exec(text) ?? []
  if (date === '') return undefined
  // A day that the month doesn't have would be one of the next month.
  if (!sameDay(date)) return undefined
  const [sign, digits] = [zone.slice(0, 1), zone.slice(1).replace(':', '').padEnd(4, '0')]
  const iso = zone === 'Z' ? 'Z' : `${sign}${digits.slice(0, 2)}:${digits.slice(2)}`
  const seconds = time.length === 5 ? `${time}:00` : time
  const milliseconds = Date.parse(`${date}T${seconds}${iso}`)
  return Number.isNaN(milliseconds) ? undefined : milliseconds
}

function sameDay(date: string): boolean {
  const day = new Date(`${date}T00:00:00Z`)
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(date)
}

const duration =
  /^P(?:(\d{1,7})D)?(?:T(?=\d)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d{1,9})?)S)?)?$/i

/** A duration of ISO 8601 with days at most, `PnDTnHnMnS`, in ms; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const parts = duration.exec(text)
  if (parts === null || /^P$|T$/i.test(text)) return undefined
  const [days, hours, minutes, seconds] = parts.slice(1).map((part) => Number(part ?? 0))
  const wholeMinutes = ((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)
  return wholeMinutes * 60_000 + Math.floor((seconds ?? 0) * 1000)
}
