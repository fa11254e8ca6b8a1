/** Severity of a log line; a logger drops what lies below its own level. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** Where a component tells the operator something. Never throws, never waits. */
export interface Logger {
  debug(text: string): void
  info(text: string): void
  warn(text: string): void
  /** `cause`, where given, is printed with its stack: it marks a bug of ours, not a bad input. */
  error(text: string, cause?: unknown): void
}

/** What a logger needs from outside. */
export interface LoggerOptions {
  /** Takes one finished line without line end. */
  readonly write: (line: string) => void
  /** Wall clock in ms since 1970. */
  readonly now: () => number
  /** Least severity that is written. */
  readonly level: LogLevel
}

const rank: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 }

/** A logger that writes `2026-01-31T12:00:00.000Z LEVEL text`, one line a call. */
export function createLogger(options: LoggerOptions): Logger {
  const write = (level: LogLevel, text: string): void => {
    if (rank[level] < rank[options.level]) return
    const time = new Date(options.now()).toISOString()
    // A client can put line ends into a topic name; they must not forge a line of the log.
    options.write(`${time} ${level.toUpperCase().padEnd(5)} ${text.replace(/[\r\n]+/g, ' | ')}`)
  }
  return {
    debug: (text) => write('debug', text),
    info: (text) => write('info', text),
    warn: (text) => write('warn', text),
    error: (text, cause) => write('error', cause === undefined ? text : `${text}: ${told(cause)}`),
  }
}

/** A logger that says nothing: the default of an embedded broker. */
export const silentLogger: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
}

function told(cause: unknown): string {
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)
}
