/** Findings of a check in words. */
import type { Finding } from '../storage/index.ts'

/** `orders-0/….log: damaged, bytes 76 to 151, offsets 3 to 5: the checksum does not match` */
export function findingInWords(finding: Finding): string {
  const { kind, file, from, to, firstOffset, nextOffset, reason } = finding
  const places: string[] = [kind]
  if (from >= 0) places.push(to > from ? `bytes ${from} to ${to - 1}` : `at byte ${from}`)
  if (firstOffset >= 0) places.push(offsetsInWords(firstOffset, nextOffset))
  return `${file}: ${places.join(', ')}: ${reason}`
}

/** Offsets [first, next) as people count them; -1 as `next` is "not known". */
export function offsetsInWords(first: number, next: number): string {
  if (next < 0) return `from offset ${first} on`
  return next - first === 1 ? `offset ${first}` : `offsets ${first} to ${next - 1}`
}

/** `1 batch`, `2 batches` */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}

/** Bytes in the largest unit that leaves at least one, with three digits. */
export function bytesInWords(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
  return `${Number((bytes / 1000 ** step).toPrecision(3))} ${units[step]}`
}

/** A short time in seconds. */
export function secondsInWords(seconds: number): string {
  return `${seconds < 10 ? seconds.toFixed(2) : seconds.toFixed(0)} s`
}
