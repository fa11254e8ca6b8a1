/** What the bench and a peer's process say to each other: a line of JSON each way. */

/** All cases. */
export const caseNames = [
  'synced-1',
  'synced-8',
  'synced-64',
  'synced-1000',
  'unsynced',
  'read',
  'live-os',
  'live-fsync',
  'work-1',
  'work-8',
  'work-64',
  'work-1000',
] as const

/** What is measured of a peer. */
export type CaseName = (typeof caseNames)[number]

/** Bytes of a value where callers wait for the disk. */
export const syncedBytes = 1024

/** Bytes of a value elsewhere. */
export const smallBytes = 100

/** Records of one call where nobody waits for the disk. */
export const recordsPerCall = 1000

/** Records that are read from first to last. */
export const recordsRead = 1_000_000

/** One case for one peer, in a process of its own. */
export interface Task {
  readonly case: CaseName
  /** Empty, and the peer's alone. */
  readonly folder: string
  /** How long is measured; a third of it goes before as a warm-up. */
  readonly seconds: number
}

/** What a peer did in the measured time. */
export interface Figures {
  readonly perSecond: number
  /** Of one flush, or from an append to its reader. */
  readonly latencyUs?: { readonly p50: number; readonly p99: number }
  /** Of bare flushes, each between two of the measured appends. */
  readonly flushUs?: { readonly p50: number; readonly p99: number }
}

/** Callers of a case that waits for the disk; undefined for another. */
export function callersOf(name: CaseName): number | undefined {
  return numberBehind('synced-', name)
}

/** Whether a case measures from a write to its being read. */
export function isLive(name: CaseName): boolean {
  return name.startsWith('live-')
}

/** Whether what a case writes is waited for until it is on the disk. */
export function waitsForDisk(name: CaseName): boolean {
  return callersOf(name) !== undefined || name === 'live-fsync'
}

/** Workers of a case that takes and acknowledges; undefined for another. */
export function workersOf(name: CaseName): number | undefined {
  return numberBehind('work-', name)
}

/** Messages that such a case puts, unmeasured, before its workers go through them. */
export function messagesOfTurn(workers: number): number {
  return Math.min(100_000, workers * 500)
}

function numberBehind(prefix: string, name: CaseName): number | undefined {
  return name.startsWith(prefix) ? Number(name.slice(prefix.length)) : undefined
}
