import { expect, test } from 'vitest'
import { createLogger } from '../../src/telemetry/logger.ts'
import {
  type LoggerLevel,
  Loggers,
  loggerLevels,
  loggerNames,
} from '../../src/telemetry/loggers.ts'

function setUp() {
  const lines: string[] = []
  const write = (line: string): void => void lines.push(line.slice(25))
  const loggers = new Loggers(createLogger({ write, now: () => 0, level: 'debug' }))
  return { lines, loggers, cleaner: loggers.of('odradek.cleaner'), root: loggers.of('root') }
}

test('all are at INFO at first, and pass on what a line has', () => {
  const { lines, loggers, cleaner } = setUp()
  expect(loggerNames.map((name) => loggers.levelOf(name))).toEqual(loggerNames.map(() => 'INFO'))
  const json: string[] = []
  const target = createLogger({
    write: (line) => json.push(line),
    now: () => 0,
    level: 'debug',
    format: 'json',
  })
  const one = new Loggers(target).of('odradek.logs')
  one.warn('a warning', { partition: 3 })
  one.error('a failure', new Error('why'), { topic: 't' })
  expect(json.map((line) => JSON.parse(line))).toMatchObject([
    { level: 'warn', message: 'a warning', partition: 3 },
    { level: 'error', message: 'a failure', topic: 't', error: expect.stringContaining('why') },
  ])
  cleaner.debug('not told')
  cleaner.info('told')
  expect(lines).toEqual(['INFO  told'])
})

const told: readonly [LoggerLevel, readonly string[]][] = [
  ['TRACE', ['DEBUG', 'INFO', 'WARN', 'ERROR']],
  ['DEBUG', ['DEBUG', 'INFO', 'WARN', 'ERROR']],
  ['INFO', ['INFO', 'WARN', 'ERROR']],
  ['WARN', ['WARN', 'ERROR']],
  ['ERROR', ['ERROR']],
  ['FATAL', []],
]

test.each(told)('at %s a logger tells %j', (level, expected) => {
  const { lines, loggers, cleaner, root } = setUp()
  loggers.setLevel('odradek.cleaner', level)
  cleaner.debug('x')
  cleaner.info('x')
  cleaner.warn('x')
  cleaner.error('x')
  expect(lines.map((line) => line.split(' ')[0])).toEqual(expected)
  lines.length = 0
  root.info('of another part')
  expect(lines).toHaveLength(1)
})

test('every level of Kafka is one', () => {
  expect(told.map(([level]) => level).sort()).toEqual([...loggerLevels])
})

test("a logger without a level of its own has root's, also after it had one", () => {
  const { loggers } = setUp()
  loggers.setLevel('odradek.logs', 'DEBUG')
  loggers.setLevel('root', 'ERROR')
  expect([loggers.levelOf('odradek.logs'), loggers.levelOf('odradek.groups')]).toEqual([
    'DEBUG',
    'ERROR',
  ])
  loggers.setLevel('odradek.logs', undefined)
  expect(loggers.levelOf('odradek.logs')).toBe('ERROR')
})
