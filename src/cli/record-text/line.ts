/** A line as a record: its key, a separator and its value, or the value alone. */
import type { ProducerRecord } from '../../client/index.ts'

/** How lines are read. */
export interface LineForm {
  /** Parts key and value; without it, or on a line without it, a record has no key. */
  readonly keySeparator: Buffer | undefined
  /** A key or a value of exactly these bytes is null. */
  readonly nullText: Buffer | undefined
}

/** Key and value of a line: views of it. */
export function parseLine(line: Buffer, form: LineForm): Pick<ProducerRecord, 'key' | 'value'> {
  const { keySeparator, nullText } = form
  const cut = keySeparator === undefined ? -1 : line.indexOf(keySeparator)
  if (keySeparator === undefined || cut < 0) return { key: null, value: orNull(line, nullText) }
  const value = line.subarray(cut + keySeparator.length)
  return { key: orNull(line.subarray(0, cut), nullText), value: orNull(value, nullText) }
}

function orNull(part: Buffer, nullText: Buffer | undefined): Buffer | null {
  return nullText?.equals(part) === true ? null : part
}
