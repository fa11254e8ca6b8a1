import { cpus, loadavg, release, totalmem } from 'node:os'

const [loadAtStart = 0] = loadavg()

/** What the figures depend on. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGib: number
  readonly kernel: string
  readonly node: string
  /** Processes that wanted a core in the minute before this one began: others' work. */
  readonly load: number
}

/** The machine that this runs on. */
export function thisMachine(): Machine {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGib: Math.round(totalmem() / 1024 ** 3),
    kernel: release(),
    node: process.version,
    load: loadAtStart,
  }
}

/** The machine in one line. */
export function describeMachine({ cpu, cores, memoryGib, kernel, node, load }: Machine): string {
  const system = `Linux ${kernel}, Node ${node}`
  return `${cpu}, ${cores} cores, ${memoryGib} GiB, ${system}, load ${load.toFixed(1)} before`
}
