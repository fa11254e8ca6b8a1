import { buildLoadGenerator } from './build-load-generator.ts'
import { runProcess } from './run-process.ts'

const patienceMs = 900_000

/** Of all requests, none left out; with a rate from when a request was due. */
export interface LatencyReport {
  readonly mean: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly p999: number
  readonly max: number
}

/** What odradek-load does; see its help. */
export type LoadMode = 'produce' | 'fetch' | 'end-to-end' | 'disk' | 'scan'

/** What odradek-load prints: one measured window of one case. */
export interface LoadReport {
  readonly seconds: number
  readonly requests: number
  readonly records: number
  /** Whole record batches. */
  readonly bytes: number
  readonly requestsPerSecond: number
  readonly recordsPerSecond: number
  readonly mbPerSecond: number
  /** Threads that shared the load. */
  readonly threads: number
  /** End to end with a rate: until the records had arrived; otherwise to the answer. */
  readonly latencyUs: LatencyReport
  /** End to end with a rate: to the answer to the producer. */
  readonly answerUs?: LatencyReport
  /** Until all connections were there, one after the other in each thread. */
  readonly connectSeconds?: number
  readonly connectionsPerSecond?: number
  /** Requests per second that it was asked for. */
  readonly rate?: number
  /** With a rate: how late requests were sent, within their latency. */
  readonly sendLagUs?: { readonly p50: number; readonly p99: number; readonly max: number }
  /** With a rate: requests that were due in time and never sent. */
  readonly behind?: number
  readonly generatorCpuSeconds: number
  readonly generatorCpuUsPerRequest: number
  /** Of the process that --pid named. */
  readonly brokerCpuSeconds: number
  readonly brokerCpuSecondsPerGb: number
  readonly brokerCpuUsPerRequest: number
  /** Requests per second over those of the bare disk in the same turn, where a bench has it. */
  readonly shareOfDisk?: number
}

/** Options of odradek-load by name without the dashes; true is a flag, a list is repeated. */
export type LoadOptions = Readonly<Record<string, string | number | true | readonly string[]>>

/**
 * Runs the load generator to its end. `ended` ends the measured time early: the report is of what
 * was measured until then. Rejects with the generator's sentence if it gives up.
 */
export async function runLoad(
  mode: LoadMode,
  options: LoadOptions,
  ended?: AbortSignal,
): Promise<LoadReport> {
  const args = Object.entries(options).flatMap(([name, value]) => {
    if (value === true) return [`--${name}`]
    return [value].flat().flatMap((each) => [`--${name}`, String(each)])
  })
  return (await runGenerator([mode, ...args], ended)) as LoadReport
}

/** What of a broker's records was dropped from memory. */
export interface Evicted {
  readonly files: number
  readonly bytes: number
  /** What the kernel kept all the same, never above a hundredth. */
  readonly residentBytes: number
}

/**
 * Drops the record files below a broker's data folder, and nothing else, from the page cache, so
 * that its next reads wait for the disk. Rejects with a sentence if they stay in memory.
 */
export async function evictRecords(dataFolder: string): Promise<Evicted> {
  return (await runGenerator(['evict', '--path', dataFolder])) as Evicted
}

async function runGenerator(args: readonly string[], ended?: AbortSignal): Promise<unknown> {
  const command = [await buildLoadGenerator(), ...args]
  const { output, errors, exitCode } = await runProcess(command, '', patienceMs, ended)
  if (exitCode !== 0) throw new Error(errors.trim() || `odradek-load ended with ${exitCode}`)
  return JSON.parse(output)
}
