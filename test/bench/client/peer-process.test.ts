import { describe, expect, it } from 'vitest'
import { runPeer } from '../../../bench/client/peer-process.ts'
import type { Task } from '../../../bench/client/task.ts'

const task: Task = {
  case: 'sends',
  bootstrap: '127.0.0.1:1',
  topic: 'sends',
  brokerPid: 1,
  seconds: 1,
  records: 10,
}

/** A client's process that is this program. */
const program = (code: string): string[] => [process.execPath, '--input-type=module', '-e', code]

describe('runPeer', () => {
  it('gives the task to the process, and takes the last line that it prints', async () => {
    const command = program(`
      import { text } from 'node:stream/consumers'
      const { seconds, records } = JSON.parse(await text(process.stdin))
      console.log('a library says hello')
      const figures = { recordsPerSecond: records / seconds, clientCpus: 1, brokerCpus: null }
      console.log(JSON.stringify({ figures }))`)
    const figures = await runPeer(command, task)
    expect(figures).toEqual({ recordsPerSecond: 10, clientCpus: 1, brokerCpus: null })
  })

  it('rejects with what the process says', async () => {
    const command = program(`console.log(JSON.stringify({ error: 'no broker' }))`)
    await expect(runPeer(command, task)).rejects.toThrow('sends: no broker')
  })

  it('rejects with what it printed last if it ends without an answer', async () => {
    const command = program(`console.log('{}'); throw new Error('crashed')`)
    await expect(runPeer(command, task)).rejects.toThrow(/no answer to sends: .*crashed/s)
  })

  it('kills one that does not end', async () => {
    const command = program('setInterval(() => {}, 1000)')
    await expect(runPeer(command, task, 300)).rejects.toThrow('killed after 300 ms')
  })

  it('rejects where the program is not there', async () => {
    await expect(runPeer(['/no/such/program'], task)).rejects.toThrow('ENOENT')
  })
})
