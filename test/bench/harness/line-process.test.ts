import { describe, expect, it } from 'vitest'
import { LineProcess } from '../../../src/bench/harness/line-process.ts'

const shell = (script: string) => new LineProcess(['/bin/sh', '-c', script], 30_000)

describe('LineProcess', () => {
  it('tells and is told lines, and passes over others', async () => {
    const process = shell('echo noise; echo ready; while read -r word; do echo "{$word}"; done')
    await process.lineOf('ready')
    process.tell('one')
    expect(await process.lineOf('{')).toBe('{one}')
    process.tell('two')
    expect(await process.lineOf('{')).toBe('{two}')
    await process.end()
  })

  it('says what a process complained of that ended too early', async () => {
    const process = shell('echo no broker >&2; exit 1')
    await expect(process.lineOf('ready')).rejects.toThrow(
      'it ended before it printed ready: no broker',
    )
    await process.end()
  })

  it('says that there is no such program', async () => {
    const process = new LineProcess(['/no/such/program'], 30_000)
    await expect(process.lineOf('ready')).rejects.toThrow('ENOENT')
    await process.kill()
  })

  it('kills what does not end', async () => {
    const process = shell('echo ready; exec sleep 600')
    await process.lineOf('ready')
    await process.kill()
    await expect(process.lineOf('again')).rejects.toThrow('it ended before')
  })
})
