import { readdirSync, readFileSync } from 'node:fs'

/** What a process holds of the machine. */
export interface ProcessFigures {
  readonly residentBytes: number
  readonly descriptors: number
  /** Mapped regions, of files and of memory. */
  readonly mappings: number
}

/** Reads a process's figures from `/proc`; throws if it is gone. */
export function processFigures(pid: number): ProcessFigures {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const residentKb = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0)
  return {
    residentBytes: residentKb * 1024,
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    mappings: readFileSync(`/proc/${pid}/maps`, 'utf8').trimEnd().split('\n').length,
  }
}
