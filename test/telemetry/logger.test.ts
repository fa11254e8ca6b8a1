import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createLogger, type Logger, type LogLevel } from '../../src/telemetry/logger.ts'

function logged(level: LogLevel): { lines: string[]; logger: ReturnType<typeof createLogger> } {
  const lines: string[] = []
  const now = () => Date.UTC(2026, 0, 31, 12, 0, 0, 5)
  return { lines, logger: createLogger({ write: (line) => lines.push(line), now, level }) }
}

test('writes time, level and text, and drops what is below the level', () => {
  const { lines, logger } = logged('info')
  logger.debug('hidden')
  logger.info('started')
  logger.warn('careful')
  expect(lines).toEqual([
    '2026-01-31T12:00:00.005Z INFO  started',
    '2026-01-31T12:00:00.005Z WARN  careful',
  ])
})

test('one call is one line, whatever the text and the cause hold', () => {
  const { lines, logger } = logged('debug')
  logger.error('topic a\n2026-01-31T12:00:00.005Z INFO  forged', new Error('boom'))
  expect(lines).toHaveLength(1)
  expect(lines[0]).not.toContain('\n')
  expect(lines[0]).toContain('Error: boom')
})

describe('as JSON', () => {
  function parsed(call: (logger: Logger) => void): Record<string, unknown> {
    const lines: string[] = []
    const write = (line: string): void => void lines.push(line)
    call(createLogger({ write, now: () => 5, level: 'debug', format: 'json' }))
    expect(lines).toHaveLength(1)
    expect(lines[0]).not.toContain('\n')
    return JSON.parse(lines[0] ?? '')
  }
  const always = { time: '1970-01-01T00:00:00.005Z', level: 'info', message: 'text' }

  test('a line has time, level, message and what it is about', () => {
    expect(parsed((logger) => logger.info('text'))).toEqual(always)
    const fields = { topic: 'a\n"b"', partition: 3, online: true }
    expect(parsed((logger) => logger.info('text', fields))).toEqual({ ...always, ...fields })
  })

  test('a cause is a field with its stack', () => {
    const line = parsed((logger) => logger.error('text', new Error('boom'), { topic: 'a' }))
    expect(line).toMatchObject({ ...always, level: 'error', topic: 'a' })
    expect(line['error']).toMatch(/^Error: boom\n\s+at /)
    expect(parsed((logger) => logger.error('text', 'why'))).toMatchObject({ error: 'why' })
  })

  test('no field takes the place of what every line has', () => {
    const forged = { level: 'debug', message: 'forged', time: 'now' }
    expect(parsed((logger) => logger.info('text', forged))).toEqual(always)
  })

  test('any text and any fields are one parseable line that has them', () => {
    const unit = fc.constantFrom(...'a1 "\\\n\r{}é😀\u2028')
    fc.assert(
      fc.property(fc.string({ unit }), fc.string({ unit }), (text, value) => {
        const line = parsed((logger) => logger.warn(text, { value }))
        expect(line).toMatchObject({ message: text, value })
      }),
    )
  })
})

test('text leaves the fields out: its sentence has told them', () => {
  const { lines, logger } = logged('info')
  logger.info('recovered 3 partitions', { partitions: 3 })
  expect(lines).toEqual(['2026-01-31T12:00:00.005Z INFO  recovered 3 partitions'])
})
