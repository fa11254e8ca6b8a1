/** The loggers of a broker by name, whose levels change while it runs. */
import { assert } from '../base/assert.ts'
import type { Logger, LogLevel } from './logger.ts'

/** The logger of all lines whose part has no level of its own. */
export const rootLogger = 'root'

/** Every logger: each part of a broker that tells something, and the rest. */
export const loggerNames = [
  'root',
  'odradek.cleaner',
  'odradek.controller',
  'odradek.groups',
  'odradek.limits',
  'odradek.logs',
  'odradek.requests',
] as const

/** Name of a logger. */
export type LoggerName = (typeof loggerNames)[number]

/** Apache Kafka's levels, in the order in which it names them. */
export const loggerLevels = ['DEBUG', 'ERROR', 'FATAL', 'INFO', 'TRACE', 'WARN'] as const

/** A level by its name at Kafka; at FATAL nothing is told, as no line is of that level. */
export type LoggerLevel = (typeof loggerLevels)[number]

const rank: Readonly<Record<LoggerLevel, number>> = {
  TRACE: 0,
  DEBUG: 1,
  INFO: 2,
  WARN: 3,
  ERROR: 4,
  FATAL: 5,
}

const rankOf: Readonly<Record<LogLevel, number>> = {
  debug: rank.DEBUG,
  info: rank.INFO,
  warn: rank.WARN,
  error: rank.ERROR,
}

/** Passes lines on to one logger, those of each part from the part's level on. INFO at first. */
export class Loggers {
  readonly #target: Logger
  readonly #levels = new Map<LoggerName, LoggerLevel>([[rootLogger, 'INFO']])

  /** `target` may leave out more by a level of its own. */
  constructor(target: Logger) {
    this.#target = target
  }

  /** The logger of a part. */
  of(name: LoggerName): Logger {
    const target = this.#target
    const tells = (level: LogLevel): boolean => rankOf[level] >= rank[this.levelOf(name)]
    return {
      debug: (text, fields) => {
        if (tells('debug')) target.debug(text, fields)
      },
      info: (text, fields) => {
        if (tells('info')) target.info(text, fields)
      },
      warn: (text, fields) => {
        if (tells('warn')) target.warn(text, fields)
      },
      error: (text, cause, fields) => {
        if (tells('error')) target.error(text, cause, fields)
      },
    }
  }

  /** The level in force: its own, or root's. */
  levelOf(name: LoggerName): LoggerLevel {
    const level = this.#levels.get(name) ?? this.#levels.get(rootLogger)
    assert(level !== undefined, 'root has a level')
    return level
  }

  /** Sets a logger's own level, or with undefined takes it away, which root's cannot be. */
  setLevel(name: LoggerName, level: LoggerLevel | undefined): void {
    assert(level !== undefined || name !== rootLogger, 'root keeps a level')
    if (level === undefined) this.#levels.delete(name)
    else this.#levels.set(name, level)
  }
}
