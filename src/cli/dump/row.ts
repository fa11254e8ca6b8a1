/** One fact of a file: plain data, printed as a line of JSON or in words. */
export interface Row {
  /** What the row describes: `batch`, `record`, `entry`, `file`, `fault`, … */
  readonly kind: string
  readonly [field: string]: unknown
}

/** Something in the file that is not as its format says; the exit code tells of it too. */
export function faultRow(at: number, text: string): Row {
  return { kind: 'fault', at, text }
}
