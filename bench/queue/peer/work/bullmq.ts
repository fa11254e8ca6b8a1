/** BullMQ on a Redis of its own, over a Unix socket, which syncs its file before it answers. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { messagesOfTurn, smallBytes, workersOf } from '../../task.ts'
import { answer, packageFolder, rateOfTurns, taskOf } from '../measure.ts'

interface Jobs {
  addBulk(jobs: readonly object[]): Promise<unknown>
  pause(): Promise<void>
  resume(): Promise<void>
  close(): Promise<void>
}

interface Workers {
  on(event: 'completed', listener: () => void): void
  close(): Promise<void>
}

interface Package {
  readonly Queue: new (name: string, options: object) => Jobs
  readonly Worker: new (name: string, handler: () => Promise<void>, options: object) => Workers
}

const jobsOfCall = 1_000

const task = await taskOf()
const { Queue, Worker } = createRequire(import.meta.url)(packageFolder()) as Package
const concurrency = workersOf(task.case) ?? 1
const messages = messagesOfTurn(concurrency)
const path = join(task.folder, 'socket')
const durable = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', '']
const place = ['--port', '0', '--unixsocket', path, '--dir', task.folder]
const server = spawn('redis-server', [...place, ...durable], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
for await (const line of server.stdout) if (/ready to accept/i.test(String(line))) break
const ended = once(server, 'close')

const connection = { path, maxRetriesPerRequest: null }
const queue = new Queue('work', { connection })
let done = 0
let onDone = (): void => undefined
const options = { connection, concurrency, removeOnComplete: { count: 0 } }
const worker = new Worker('work', async () => undefined, options)
worker.on('completed', () => {
  done++
  if (done === messages) onDone()
})
const value = 'x'.repeat(smallBytes)

async function fill(): Promise<void> {
  await queue.pause()
  for (let i = 0; i < messages; i += jobsOfCall) {
    const length = Math.min(jobsOfCall, messages - i)
    await queue.addBulk(Array.from({ length }, () => ({ name: 'job', data: { value } })))
  }
}

async function work(): Promise<number> {
  done = 0
  const all = new Promise<void>((resolve) => {
    onDone = resolve
  })
  await queue.resume()
  await all
  return done
}

answer(await rateOfTurns(task.seconds, fill, work))
await worker.close()
await queue.close()
server.kill()
await ended
