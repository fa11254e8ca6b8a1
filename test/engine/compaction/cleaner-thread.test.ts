/** A cleaner's thread on real workers that do what a line of code says. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, it } from 'vitest'
import { systemTimers } from '../../../src/base/clock.ts'
import { CleanerThread } from '../../../src/engine/compaction/cleaner-thread.ts'
import type { CleaningJob } from '../../../src/engine/compaction/job.ts'

const job = { topic: 't', partition: 0 } as CleaningJob
const threads: CleanerThread[] = []
afterEach(async () => {
  for (const thread of threads.splice(0)) await thread.close()
})

/** Each start takes the next of these scripts; `command` is what the thread was told. */
function threadOf(...scripts: readonly string[]): CleanerThread {
  const left = [...scripts]
  const thread = new CleanerThread(systemTimers, () => {
    const body = left.shift() ?? 'throw new Error("one worker too many")'
    const line =
      'const { parentPort } = require("node:worker_threads");' +
      'parentPort.on("message", (command) => {' +
      'if (command.kind === "stop") process.exit();' +
      `else if (command.kind === "clean") { ${body} } })`
    return new Worker(line, { eval: true })
  })
  threads.push(thread)
  return thread
}

const answers = (kind: string): string => `parentPort.postMessage({ kind: "${kind}" })`

describe('a cleaning thread', () => {
  it('answers each job in turn, on one worker', async () => {
    const thread = threadOf(answers('stopped'))
    expect(await thread.clean(job, 1000)).toEqual({ kind: 'stopped' })
    expect(await thread.clean(job, 1000)).toEqual({ kind: 'stopped' })
  })

  it('fails the job of a worker that fails, with its reason', async () => {
    const thread = threadOf('throw new Error("out of luck")')
    expect(await thread.clean(job, 1000)).toEqual({ kind: 'failed', reason: 'out of luck' })
  })

  it('fails the job of a worker that ends without a word', async () => {
    const thread = threadOf('process.exit(0)')
    expect(await thread.clean(job, 1000)).toMatchObject({ kind: 'failed' })
  })

  it('does not take the end of a worker for an answer to the next one’s job', async () => {
    const slow = `setTimeout(() => ${answers('stopped')}, 200)`
    const thread = threadOf('throw new Error("out of luck")', slow)
    expect(await thread.clean(job, 1000)).toMatchObject({ kind: 'failed' })
    // Begun before the first worker has told of its end.
    expect(await thread.clean(job, 1000)).toEqual({ kind: 'stopped' })
    expect(await thread.clean(job, 1000)).toEqual({ kind: 'stopped' })
  })

  it('ends what is under way when it is closed, and starts nothing', async () => {
    const thread = threadOf('setInterval(() => {}, 1000)')
    const cleaning = thread.clean(job, 1000)
    await sleep(100)
    await thread.close()
    expect(await cleaning).toMatchObject({ kind: 'failed' })
    const idle = threadOf()
    await idle.close()
  })
})
