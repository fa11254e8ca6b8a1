import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BrokerProcess } from './broker-process.ts'

describe('BrokerProcess', () => {
  let parent: string

  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'odradek-parent-'))
  })

  afterEach(() => {
    rmSync(parent, { recursive: true })
  })

  it('says how long a start took, and leaves nothing', async () => {
    const begun = performance.now()
    const broker = await BrokerProcess.start({ parent })
    try {
      expect(broker.firstAnswerMs).toBeGreaterThan(0)
      expect(broker.firstAnswerMs).toBeLessThanOrEqual(performance.now() - begun)
      expect(broker.residentBytes()).toBeGreaterThan(1024 ** 2)
      await broker.stop()
      expect(broker.running).toBe(false)
    } finally {
      await broker.dispose()
    }
    expect(readdirSync(parent)).toEqual([])
  })

  it('tells how a broker ended that nobody stopped', async () => {
    const broker = await BrokerProcess.start({ parent })
    try {
      expect(broker.end).toBeUndefined()
      await broker.kill()
      expect(broker.end).toMatch(/^odradek ended with SIGKILL\n.*listening on/s)
    } finally {
      await broker.dispose()
    }
  })

  it('gives up a start that takes longer than its patience, and leaves nothing', async () => {
    const start = BrokerProcess.start({ parent, patienceMs: 1 })
    await expect(start).rejects.toThrow('the broker does not answer')
    expect(readdirSync(parent)).toEqual([])
  })
})
