/** Work that would hold up a program, on a thread: both its ends. */
import { parentPort, Worker } from 'node:worker_threads'
import { assert } from '../base/assert.ts'

interface Sent<Job> {
  readonly id: number
  readonly job: Job
}

interface Answer<Result> {
  readonly id: number
  readonly result?: Result
  readonly failure?: string
}

interface Pending<Result> {
  readonly resolve: (result: Result) => void
  readonly reject: (error: Error) => void
}

/** A thread that does one job after the other; it starts with the first, and anew if it died. */
export class JobThread<Job extends object, Result extends object> {
  readonly #file: URL
  readonly #name: string
  readonly #pending = new Map<number, Pending<Result>>()
  #worker: Worker | undefined
  #last = 0

  /** @param file calls {@link serveJobs}. */
  constructor(file: URL, name: string) {
    assert(file.protocol === 'file:', 'a thread runs a file')
    this.#file = file
    this.#name = name
  }

  /**
   * The job's result; jobs end in their order. `moved` goes to the thread and is empty here then.
   * Rejects with what the job threw, or why there is no thread. It keeps the process alive.
   */
  run(job: Job, moved: readonly ArrayBuffer[]): Promise<Result> {
    const worker = this.#worker ?? this.#start()
    const id = ++this.#last
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject })
      worker.ref()
      worker.postMessage({ id, job } satisfies Sent<Job>, [...moved])
    })
  }

  /** Ends the thread; what it has not done is rejected. */
  async close(): Promise<void> {
    await this.#worker?.terminate()
  }

  #start(): Worker {
    // Flags of the program are not the thread's: `--input-type`, say, allows no file.
    const worker = new Worker(this.#file, { name: this.#name, execArgv: [] })
    worker.on('message', (answer: Answer<Result>) => this.#settle(answer))
    worker.on('error', (error) => this.#abandon(worker, error))
    worker.on('exit', (code) => this.#abandon(worker, new Error(`thread ended with code ${code}`)))
    worker.unref()
    this.#worker = worker
    return worker
  }

  #settle({ id, result, failure }: Answer<Result>): void {
    const pending = this.#pending.get(id)
    assert(pending !== undefined, 'an answer is to a job')
    this.#pending.delete(id)
    if (this.#pending.size === 0) this.#worker?.unref()
    if (result !== undefined) pending.resolve(result)
    else pending.reject(new Error(failure ?? 'the thread gave no answer'))
  }

  #abandon(worker: Worker, error: Error): void {
    if (this.#worker !== worker) return
    this.#worker = undefined
    for (const { reject } of this.#pending.values()) reject(error)
    this.#pending.clear()
  }
}

/** What a job made, and what of it moves to who asked for it. */
export interface Made<Result> {
  readonly result: Result
  readonly moved: readonly ArrayBuffer[]
}

/** The thread's end: does each job that comes. */
export function serveJobs<Job, Result>(work: (job: Job) => Promise<Made<Result>>): void {
  assert(parentPort !== null, 'jobs are done on a thread')
  const port = parentPort
  port.on('message', async ({ id, job }: Sent<Job>) => {
    try {
      const { result, moved } = await work(job)
      port.postMessage({ id, result } satisfies Answer<Result>, [...moved])
    } catch (error) {
      const failure = error instanceof Error ? error.message : String(error)
      port.postMessage({ id, failure } satisfies Answer<Result>)
    }
  })
}

/** A file beside the module with this URL: `.js` in dist, `.ts` where types are stripped. */
export function fileBeside(moduleUrl: string, name: string): URL {
  const extension = moduleUrl.endsWith('.ts') ? 'ts' : 'js'
  return new URL(`./${name}.${extension}`, moduleUrl)
}
