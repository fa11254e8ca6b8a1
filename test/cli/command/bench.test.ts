import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writeResults } from '../../../src/bench/compare/results.ts'
import { workloads } from '../../../src/bench/workloads/index.ts'
import { sampleResults, sampleWorkload } from '../../bench/compare/sample-results.ts'
import { runToEnd } from '../captured-terminal.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'odradek-bench-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('bench --list', () => {
  it('names all workloads and what they stand for', async () => {
    const { code, out } = await runToEnd(['bench', '--list'])
    expect(code).toBe(0)
    expect(out).toHaveLength(1 + workloads.length)
    for (const { name, standsFor } of workloads) {
      expect(out.filter((line) => line.startsWith(`${name} `))).toHaveLength(1)
      expect(out.join('\n')).toContain(standsFor)
    }
  })
})

describe('bench --from', () => {
  it('prints and draws what was written, without a run', async () => {
    const file = join(folder, 'results.json')
    const page = join(folder, 'page.html')
    writeResults(file, sampleResults([sampleWorkload([10, 20, 30], [5, 6, 7])]))
    const { code, out, err } = await runToEnd(['bench', '--from', file, '--html', page])
    expect([code, err]).toEqual([0, []])
    expect(out.some((line) => line.startsWith('sample: a <test>'))).toBe(true)
    expect(readFileSync(page, 'utf8')).toContain('<svg')
    expect(existsSync(join(folder, 'page.sample.svg'))).toBe(true)
  })

  it('refuses a file that something else has written, or nobody', async () => {
    const file = join(folder, 'other.json')
    for (const text of ['{}', 'null', 'no JSON']) {
      writeFileSync(file, text)
      const { code, err } = await runToEnd(['bench', '--from', file])
      expect([code, err]).toEqual([1, [`odradek: ${file} was not written by bench --json.`]])
    }
    const none = await runToEnd(['bench', '--from', join(folder, 'none')])
    expect([none.code, none.err[0]]).toEqual([1, expect.stringContaining('it does not exist')])
  })
})

describe('bench', () => {
  const sentence = async (...args: string[]) => {
    const { code, out, err } = await runToEnd(['bench', ...args])
    expect([code, out]).toEqual([1, []])
    return err.at(-1)
  }

  it('says at once that results could not be written at the end', async () => {
    const nowhere = join(folder, 'nowhere')
    const why = `odradek: Nothing can be written to ${nowhere}: it does not exist.`
    expect(await sentence('--json', join(nowhere, 'a.json'))).toBe(why)
    expect(await sentence('--html', join(nowhere, 'a.html'))).toBe(why)
    expect(await sentence('--data', nowhere)).toBe(why)
  })

  it.skipIf(process.platform !== 'linux')(
    'says what there is, and who does not answer',
    async () => {
      expect(await sentence('--workload', 'beauty')).toMatch(
        /no workload is beauty: they are .*start/,
      )
      const words = 'odradek: Cannot connect to 127.0.0.1:1: nothing listens there'
      expect(await sentence('--against', '127.0.0.1:1')).toContain(words)
    },
  )
})
