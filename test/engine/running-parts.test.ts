import { expect, it } from 'vitest'
import { RunningParts } from '../../src/engine/running-parts.ts'
import { createLogger } from '../../src/telemetry/logger.ts'

it('stops all parts in their order, and tells of each failure once', async () => {
  const lines: string[] = []
  const logger = createLogger({ write: (line) => lines.push(line), now: Date.now, level: 'info' })
  const parts = new RunningParts(['first', 'second', 'third', 'never'], logger)
  const stopped: string[] = []
  parts.add('third', async () => stopped.push('third'))
  parts.add('second', () => Promise.reject(new Error('two broke')))
  const told = new Error('one broke, and the log has it')
  parts.add('first', async () => {
    stopped.push('first')
    return told
  })
  expect(await parts.stop()).toBe(told)
  expect(stopped).toEqual(['first', 'third'])
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain('The second did not stop cleanly: two broke')
  expect(await parts.stop()).toBeUndefined()
})
