/**
 * The thread that cleans logs: one after the other, over shares in the broker's log directories, so
 * that it reads and swaps without asking the thread that decides.
 */
import { readlinkSync } from 'node:fs'
import { setPriority } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import { parentPort } from 'node:worker_threads'
import { assert } from '../../base/assert.ts'
import { IoPace } from '../../cleaner/io-pace.ts'
import { cleanStoredLog } from '../../cleaner/stored-log.ts'
import { SharedDirectory } from '../../storage/shared-directory.ts'
import type { CleaningAnswer, CleaningCommand, CleaningJob } from './job.ts'

assert(parentPort !== null, 'worker.ts runs in a worker thread')
const port = parentPort

/** How much less than others this thread gets of a processor that is short (nice, 0 to 19). */
const niceness = 10

const directories = new Map<string, Promise<SharedDirectory>>()
const pace = new IoPace(Number.POSITIVE_INFINITY)
const stopped = new AbortController()
let underWay: Promise<unknown> = Promise.resolve()

yieldToOthers()
port.on('message', (command: CleaningCommand) => {
  if (command.kind === 'stop') void stop()
  else pace.limit(command.bytesPerSecond)
  if (command.kind === 'clean') underWay = clean(command.job).then((done) => port.postMessage(done))
})

async function clean(job: CleaningJob): Promise<CleaningAnswer> {
  try {
    const directory = await directoryAt(job.path)
    const log = directory.find(job.topic, job.partition, job.topicId)
    if (log === undefined) return { kind: 'stopped' }
    return await cleanStoredLog(log, job.range, { ...job.options, proceed })
  } catch (error) {
    return { kind: 'failed', reason: error instanceof Error ? error.message : String(error) }
  }
}

async function proceed(bytes: number): Promise<boolean> {
  const waitMs = pace.note(bytes, performance.now())
  const { signal } = stopped
  if (waitMs > 0) await setTimeout(waitMs, undefined, { signal }).catch(() => undefined)
  return !signal.aborted
}

function directoryAt(path: string): Promise<SharedDirectory> {
  const known = directories.get(path)
  if (known !== undefined) return known
  const opened = SharedDirectory.open(path)
  directories.set(path, opened)
  opened.catch(() => directories.delete(path))
  return opened
}

async function stop(): Promise<void> {
  stopped.abort()
  await underWay
  const opened = await Promise.allSettled(directories.values())
  for (const one of opened) {
    if (one.status === 'fulfilled') await one.value.close().catch(() => undefined)
  }
  process.exit()
}

/** Linux gives each thread a priority of its own; where there is none, pace alone has to do. */
function yieldToOthers(): void {
  try {
    const thread = readlinkSync('/proc/thread-self').split('/').at(-1)
    setPriority(Number(thread), niceness)
  } catch {
    // Cleaning as fast as any other thread is no reason not to clean.
  }
}
