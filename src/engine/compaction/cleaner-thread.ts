/** A thread that cleans logs, seen from the one that decides. It starts with the first cleaning. */
import { Worker } from 'node:worker_threads'
import { assert } from '../../base/assert.ts'
import type { TimerHandle, Timers } from '../../base/clock.ts'
import type { CleaningAnswer, CleaningCommand, CleaningJob } from './job.ts'

/** Where logs are cleaned, one after the other. */
export interface CleaningThread {
  /** Cleans, at most at that speed in bytes of reads and writes; never rejects. */
  clean(job: CleaningJob, bytesPerSecond: number): Promise<CleaningAnswer>
  /** What is under way goes on at this speed. */
  pace(bytesPerSecond: number): void
  /** Ends what is under way, then the thread. */
  close(): Promise<void>
}

/** A cleaning ends after its next piece; one that hangs longer, in ms, is cut off. */
const closeMsMax = 10_000

/** See the head of this file. */
export class CleanerThread implements CleaningThread {
  readonly #timers: Timers
  readonly #newWorker: () => Worker
  #worker: Worker | undefined
  #settle: ((answer: CleaningAnswer) => void) | undefined

  constructor(timers: Timers, newWorker: () => Worker = newCleaner) {
    this.#timers = timers
    this.#newWorker = newWorker
  }

  clean(job: CleaningJob, bytesPerSecond: number): Promise<CleaningAnswer> {
    assert(this.#settle === undefined, 'one log is cleaned at a time')
    assert(bytesPerSecond > 0, 'something may be read')
    const answer = new Promise<CleaningAnswer>((resolve) => {
      this.#settle = resolve
    })
    this.#worker ??= this.#start()
    this.#send({ kind: 'clean', job, bytesPerSecond })
    return answer
  }

  pace(bytesPerSecond: number): void {
    assert(bytesPerSecond > 0, 'something may be read')
    this.#send({ kind: 'pace', bytesPerSecond })
  }

  async close(): Promise<void> {
    const worker = this.#worker
    if (worker === undefined) return
    // Who waits for its end does so with nothing else to wait for.
    worker.ref()
    let timer: TimerHandle
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
    this.#send({ kind: 'stop' })
    const late = new Promise<void>((resolve) => {
      timer = this.#timers.setTimeout(resolve, closeMsMax)
    })
    await Promise.race([ended, late])
    this.#timers.clear(timer)
    await worker.terminate()
  }

  #send(command: CleaningCommand): void {
    this.#worker?.postMessage(command)
  }

  #start(): Worker {
    const worker = this.#newWorker()
    worker.on('message', (answer: CleaningAnswer) => this.#answer(answer))
    worker.on('error', (error) => this.#ended(worker, error.message))
    worker.on('exit', () => this.#ended(worker, 'its thread has ended'))
    worker.unref()
    return worker
  }

  #answer(answer: CleaningAnswer): void {
    const settle = this.#settle
    this.#settle = undefined
    settle?.(answer)
  }

  /**
   * The next cleaning starts another one. A worker that failed tells of its end some ms later, when
   * the next may be at work on the next job, which that end must not settle.
   */
  #ended(worker: Worker, reason: string): void {
    if (this.#worker !== worker) return
    this.#worker = undefined
    this.#answer({ kind: 'failed', reason })
  }
}

function newCleaner(): Worker {
  // The same extension as this file: .js in dist, .ts where types are stripped.
  const file = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js'
  return new Worker(new URL(file, import.meta.url), { name: 'odradek-cleaner' })
}
