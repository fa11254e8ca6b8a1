import { styleText } from 'node:util'

/** The streams of the process as the commands use them. */
export interface Terminal {
  /** Writes one line to stdout. */
  out(line: string): void
  /**
   * Writes bytes to stdout. Resolves when the system has taken them, so that who awaits it keeps
   * pace with the reader; rejects with the system's error, EPIPE when nobody reads any more.
   */
  write(bytes: Uint8Array): Promise<void>
  /** Whether {@link Terminal.write} was used: then its caller is told what becomes of stdout. */
  readonly isWritten: boolean
  /** Writes one line to stderr. */
  err(line: string): void
  /** Stdout itself where it is a terminal, for what redraws itself. */
  readonly outStream: NodeJS.WriteStream | undefined
  /** Stderr itself where it is a terminal, for what redraws itself. */
  readonly errStream: NodeJS.WriteStream | undefined
  /** For lines on stdout. */
  readonly styles: Styles
  /** For lines on stderr. */
  readonly errStyles: Styles
}

/** Colours; each leaves the text as it is where the stream is not a terminal. */
export interface Styles {
  heading(text: string): string
  faint(text: string): string
  good(text: string): string
  bad(text: string): string
}

/** A stream as far as a terminal uses it. */
interface Writable {
  write(bytes: string | Uint8Array, done?: (error?: Error | null) => void): boolean
  readonly isTTY?: boolean
}

/** A terminal on two streams. Colours on those that are one, unless `NO_COLOR` is set. */
export function createTerminal(
  stdout: Writable,
  stderr: Writable,
  environment: Readonly<Record<string, string | undefined>>,
): Terminal {
  const wanted = (environment['NO_COLOR'] ?? '') === ''
  let isWritten = false
  return {
    out: (line) => void stdout.write(`${line}\n`),
    write(bytes) {
      isWritten = true
      return new Promise((resolve, reject) => {
        stdout.write(bytes, (error) => (error ? reject(error) : resolve()))
      })
    },
    get isWritten() {
      return isWritten
    },
    err: (line) => void stderr.write(`${line}\n`),
    outStream: stdout.isTTY === true ? (stdout as NodeJS.WriteStream) : undefined,
    errStream: stderr.isTTY === true ? (stderr as NodeJS.WriteStream) : undefined,
    styles: stylesOf(wanted && stdout.isTTY === true),
    errStyles: stylesOf(wanted && stderr.isTTY === true),
  }
}

function stylesOf(coloured: boolean): Styles {
  const style =
    (format: Parameters<typeof styleText>[0]) =>
    (text: string): string =>
      // The caller decided: Node would look at its own stdout, not at the terminal's.
      coloured ? styleText(format, text, { validateStream: false }) : text
  return { heading: style('bold'), faint: style('dim'), good: style('green'), bad: style('red') }
}

/** A failure as one line for stderr: the program's name, and a sentence that ends as one. */
export function failureLine(text: string, { errStyles }: Terminal): string {
  return errStyles.bad(`odradek: ${/[.?!]$/.test(text) ? text : `${text}.`}`)
}

/**
 * Lines of a table whose columns are as wide as their widest cell, two spaces apart. Numbers are
 * set to the right. The first line holds the headings.
 */
export function tableLines(
  headings: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  styles: Styles,
): string[] {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => String(row[column] ?? '').length)),
  )
  const isLast = (column: number): boolean => column === headings.length - 1
  const cell = (value: string | number, column: number): string => {
    const width = widths[column] ?? 0
    if (typeof value === 'number') return String(value).padStart(width)
    return isLast(column) ? value : value.padEnd(width)
  }
  const head = headings.map((heading, column) => {
    const numeric = rows.length > 0 && rows.every((row) => typeof row[column] === 'number')
    const width = widths[column] ?? 0
    if (numeric) return heading.padStart(width)
    return isLast(column) ? heading : heading.padEnd(width)
  })
  return [styles.heading(head.join('  ')), ...rows.map((row) => row.map(cell).join('  '))]
}
