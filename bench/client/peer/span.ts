import { readFileSync } from 'node:fs'
import type { Figures } from '../task.ts'

/** Linux tells CPU times in these everywhere (USER_HZ). */
const ticksPerSecond = 100

/** A stretch of time that is measured: its length, and the CPU time that client and broker used. */
export class Span {
  readonly #brokerPid: number
  readonly #fromMs = performance.now()
  readonly #own = process.cpuUsage()
  readonly #broker: number

  /** Begins now. */
  constructor(brokerPid: number) {
    this.#brokerPid = brokerPid
    this.#broker = cpuSecondsOf(brokerPid)
  }

  /** Ends it: what `records` in it mean a second. */
  end(records: number): Figures {
    const seconds = (performance.now() - this.#fromMs) / 1_000
    const { user, system } = process.cpuUsage(this.#own)
    return {
      recordsPerSecond: records / seconds,
      clientCpus: (user + system) / 1e6 / seconds,
      brokerCpus: (cpuSecondsOf(this.#brokerPid) - this.#broker) / seconds,
    }
  }
}

/** CPU seconds of a process so far, all threads, to a hundredth; NaN where there is no /proc. */
export function cpuSecondsOf(pid: number): number {
  try {
    // The name, in brackets, may have blanks in it.
    const [, behind = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(/.*\) /s)
    const fields = behind.split(' ')
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
  } catch {
    return Number.NaN
  }
}
