import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { watchDisk } from '../../../src/bench/compare/disk-use.ts'

const size = 1024 ** 2

describe('watchDisk', () => {
  let folder: string

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'odradek-disk-use-'))
    for (const name of ['t-0', 't-1', 'other-0']) mkdirSync(join(folder, name))
    writeFileSync(join(folder, 'meta.properties'), 'x')
  })

  afterEach(() => {
    rmSync(folder, { recursive: true })
  })

  const write = (name: string) => writeFileSync(join(folder, name), Buffer.alloc(size, 1))

  it("has the most that the topic's files took, and counts segments that went", async () => {
    for (const name of ['t-0/0.log', 't-1/0.log', 'other-0/0.log']) write(name)
    const work = async () => {
      write('t-0/9.log')
      await sleep(500)
      // Another name still takes its room.
      renameSync(join(folder, 't-0/0.log'), join(folder, 't-0/0.log.deleted'))
      await sleep(500)
      rmSync(join(folder, 't-0/0.log.deleted'))
      rmSync(join(folder, 't-1/0.log'))
      return 'done'
    }
    const { result, diskMostBytes, segmentsDropped } = await watchDisk(folder, 't', work)
    expect(result).toBe('done')
    expect(segmentsDropped).toBe(2)
    expect(diskMostBytes).toBeGreaterThanOrEqual(3 * size)
    expect(diskMostBytes).toBeLessThan(3.5 * size)
  })

  it('looks no more when the work has failed', async () => {
    const failing = watchDisk(folder, 't', async () => {
      throw new Error('no broker')
    })
    await expect(failing).rejects.toThrow('no broker')
  })
})
