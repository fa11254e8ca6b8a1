/**
 * Notes what is written and what is synced of each log before every call that changes a disk, and
 * makes of each such moment the disks that a power cut could leave then: of every log what was
 * synced, and any number of the batches behind it, from its first on.
 */
import type { PartitionLog } from '../../../src/storage/log-store.ts'
import type { MemoryDisk } from '../../../src/storage/memory-log-store.ts'
import type { PartitionState } from '../../../src/storage/memory-partition-log.ts'
import { turns } from './bench.ts'

/** A moment at which the power may be cut. */
export interface CrashPoint<Told> {
  readonly nowMs: number
  /** The call that did not come to pass. */
  readonly call: string
  readonly partitions: readonly PartitionState[]
  /** What had been told to who uses it. */
  readonly told: Told
}

/** A disk as the cut left it, and what is left of each log. */
export interface CrashState {
  readonly disk: MemoryDisk
  readonly name: string
}

/** See the head of this file. */
export class Recorder<Told> {
  readonly points: CrashPoint<Told>[] = []
  readonly #look: () => Pick<CrashPoint<Told>, 'nowMs' | 'told'>
  readonly #disk: () => MemoryDisk
  readonly #waits: readonly number[]
  #flushes = 0
  isOn = true

  /** The disk takes `waits` turns for each flush, one after the other. */
  constructor(
    disk: () => MemoryDisk,
    look: () => Pick<CrashPoint<Told>, 'nowMs' | 'told'>,
    waits: readonly number[] = [0],
  ) {
    this.#disk = disk
    this.#look = look
    this.#waits = waits
  }

  /** Has every call to that log noted from now on. */
  readonly watch = (log: PartitionLog): void => {
    const [append, flush, deleteUpTo] = [log.append, log.flush, log.deleteUpTo]
    log.append = (batch) => {
      this.point(`append to ${log.topic}`)
      return append.call(log, batch)
    }
    log.flush = async () => {
      await turns(this.#waits[this.#flushes++ % this.#waits.length] ?? 0)
      this.point(`flush of ${log.topic}`)
      return flush.call(log)
    }
    log.deleteUpTo = async (offset) => {
      this.point(`trim of ${log.topic} to ${offset}`)
      return deleteUpTo.call(log, offset)
    }
  }

  point(call: string): void {
    if (!this.isOn) return
    const partitions = [...this.#disk().partitions.values()].map((state) => ({
      ...state,
      batches: [...state.batches],
      segments: state.segments.map((segment) => ({ ...segment })),
    }))
    this.points.push({ ...this.#look(), call, partitions })
  }
}

/** All disks that a cut at that moment can leave. */
export function* statesOf<Told>({ partitions }: CrashPoint<Told>): Generator<CrashState> {
  const choices = partitions.map((state) => {
    const { batches, durableOffset } = state
    const end = ({ header }: (typeof batches)[number]): number =>
      header.baseOffset + header.lastOffsetDelta + 1
    const synced = batches.filter((batch) => end(batch) <= durableOffset).length
    return Array.from({ length: batches.length - synced + 1 }, (_, more) => {
      const left = batches.slice(0, synced + more)
      const last = left.at(-1)
      const endOffset = Math.max(state.logStartOffset, last === undefined ? 0 : end(last))
      return { ...state, batches: left, durableOffset: endOffset }
    })
  })
  for (const left of product(choices)) {
    const names = left.map((one) => `${one.topic} ${one.logStartOffset}-${one.durableOffset}`)
    const copies = left.map((one) => ({
      ...one,
      batches: [...one.batches],
      segments: one.segments.map((segment) => ({ ...segment })),
    }))
    const named = copies.map((one) => [`${one.topic}-${one.partition}`, one] as const)
    const disk = { properties: undefined, clean: false, strays: new Map(), files: new Map() }
    yield { disk: { ...disk, partitions: new Map(named) }, name: names.join(', ') }
  }
}

function* product<T>(choices: readonly (readonly T[])[]): Generator<T[]> {
  const [first, ...rest] = choices
  if (first === undefined) return yield []
  for (const others of product(rest)) for (const one of first) yield [one, ...others]
}
