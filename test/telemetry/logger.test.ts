import { expect, test } from 'vitest'
import { createLogger, type LogLevel } from '../../src/telemetry/logger.ts'

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
