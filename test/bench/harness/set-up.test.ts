import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { setUp } from '../../../src/bench/harness/set-up.ts'

describe('setUp', () => {
  let folder: string

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'odradek-set-up-'))
    vi.stubEnv('XDG_CACHE_HOME', folder)
    // Without a program a script can only say what it lacks.
    vi.stubEnv('PATH', folder)
  })

  afterEach(() => {
    vi.unstubAllEnvs()
    rmSync(folder, { recursive: true })
  })

  it('rejects with what a script lacks', async () => {
    const missing = /^npm is not installed; Debian: npm, /
    await expect(setUp('rdkafka-performance.sh')).rejects.toThrow(missing)
  })

  it('gives where the thing lies that is there already', async () => {
    const jars = join(folder, 'odradek', 'kafka-1')
    mkdirSync(jars, { recursive: true })
    writeFileSync(join(jars, 'kafka-tools-1.jar'), '')
    expect(await setUp('kafka-jars.sh', ['1'])).toBe(jars)
  })

  it('rejects with how a script ended that says nothing', async () => {
    await expect(setUp('no-such-script.sh')).rejects.toThrow('no-such-script.sh')
  })
})
