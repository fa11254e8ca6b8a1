/** Severity of a log line; a logger drops what lies below its own level. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** How a line is written: for people, or one JSON object for machines. */
export type LogFormat = 'text' | 'json'

/** What a line is about, apart from its sentence, which tells it all to people. */
export type LogFields = Readonly<Record<string, string | number | boolean>>

/** Where a component tells the operator something. Never throws, never waits. */
export interface Logger {
  debug(text: string, fields?: LogFields): void
  info(text: string, fields?: LogFields): void
  warn(text: string, fields?: LogFields): void
  /** `cause`, where given, is printed with its stack: it marks a bug of ours, not a bad input. */
  error(text: string, cause?: unknown, fields?: LogFields): void
}

/** What a logger needs from outside. */
export interface LoggerOptions {
  /** Takes one finished line without line end. */
  readonly write: (line: string) => void
  /** Wall clock in ms since 1970. */
  readonly now: () => number
  /** Least severity that is written. */
  readonly level: LogLevel
  /** Default: text. */
  readonly format?: LogFormat
}

const rank: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 }

/** What a line of the log is made of. */
interface LogLine {
  /** ISO 8601, UTC. */
  readonly time: string
  readonly level: LogLevel
  readonly text: string
  readonly cause: unknown
  readonly fields: LogFields
}

/**
 * A logger that writes one line a call: `2026-01-31T12:00:00.000Z LEVEL text`, or as JSON an object
 * of `time`, `level`, `message`, the fields, and `error` with the stack of a cause.
 */
export function createLogger(options: LoggerOptions): Logger {
  const format = options.format === 'json' ? jsonLine : textLine
  const write = (
    level: LogLevel,
    text: string,
    fields: LogFields = {},
    cause: unknown = undefined,
  ): void => {
    if (rank[level] < rank[options.level]) return
    const time = new Date(options.now()).toISOString()
    options.write(format({ time, level, text, fields, cause }))
  }
  return {
    debug: (text, fields) => write('debug', text, fields),
    info: (text, fields) => write('info', text, fields),
    warn: (text, fields) => write('warn', text, fields),
    error: (text, cause, fields) => write('error', text, fields, cause),
  }
}

/** A logger that says nothing: the default of an embedded broker. */
export const silentLogger: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
}

function textLine({ time, level, text, cause }: LogLine): string {
  const whole = cause === undefined ? text : `${text}: ${told(cause)}`
  // A client can put line ends into a topic name; they must not forge a line of the log.
  return `${time} ${level.toUpperCase().padEnd(5)} ${whole.replace(/[\r\n]+/g, ' | ')}`
}

function jsonLine({ time, level, text, fields, cause }: LogLine): string {
  const error = cause === undefined ? {} : { error: told(cause) }
  // Fields come first, so that none takes the place of what every line has.
  return JSON.stringify({ ...fields, time, level, message: text, ...error })
}

function told(cause: unknown): string {
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)
}
