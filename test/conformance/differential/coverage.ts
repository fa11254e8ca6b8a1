/** Which requests a run has sent: by API, version and how they were made. */
import { hasEdges } from './edges.ts'

/** As drafted; with a field or two changed; or a frame that is spoiled on its way. */
export type Making = 'valid' | 'edge' | 'invalid'

/** An API in the versions that both brokers advertise. */
export interface Served {
  readonly key: number
  readonly name: string
  readonly versionMin: number
  readonly versionMax: number
}

/** One API, version and making. */
export interface Cell {
  readonly key: number
  readonly version: number
  readonly making: Making
}

interface Counted extends Cell {
  count: number
  /** How often there was nothing to ask. */
  missed: number
}

const makings = ['valid', 'edge', 'invalid'] as const

/** Counts requests; see the head of this file. */
export class Coverage {
  readonly #served: readonly Served[]
  readonly #cells: ReadonlyMap<string, Counted>
  /** Requests of each API, and times when there was nothing to ask. */
  readonly #turns = new Map<number, number>()

  constructor(served: readonly Served[]) {
    this.#served = [...served].sort((a, b) => a.key - b.key)
    const cells = this.#served.flatMap(({ key, versionMin, versionMax }) =>
      versionsOf(versionMin, versionMax).flatMap((version) =>
        makings
          // What has no field to change has no edge.
          .filter((making) => making !== 'edge' || hasEdges(key, version))
          .map((making) => ({ key, version, making, count: 0, missed: 0 })),
      ),
    )
    this.#cells = new Map(cells.map((cell) => [nameOf(cell), cell]))
  }

  /** Counts a request that was sent. */
  add(cell: Cell): void {
    const counted = this.#cells.get(nameOf(cell))
    if (counted !== undefined) counted.count++
    this.#turn(cell)
  }

  /** There was nothing to ask of that kind now: others have their turn first. */
  miss(cell: Cell): void {
    const counted = this.#cells.get(nameOf(cell))
    if (counted !== undefined) counted.missed++
    this.#turn(cell)
  }

  /** The cell with the fewest requests; of several the first of the API with the fewest. */
  rarest(): Cell | undefined {
    let rarest: Counted | undefined
    let [fewest, fewestOfApi] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
    for (const cell of this.#cells.values()) {
      const turns = cell.count + cell.missed
      const ofApi = this.#turns.get(cell.key) ?? 0
      if (turns > fewest || (turns === fewest && ofApi >= fewestOfApi)) continue
      rarest = cell
      fewest = turns
      fewestOfApi = ofApi
    }
    return rarest
  }

  /** What was never sent, in words; empty after a run that is long enough. */
  holes(): readonly string[] {
    const holes = [...this.#cells.values()].filter(({ count }) => count === 0)
    return holes.map(({ key, version, making }) => `API ${key} v${version} ${making}`)
  }

  /** How many requests of an API were sent, by its name. */
  byApi(): ReadonlyMap<string, number> {
    return new Map(this.#served.map(({ key, name }) => [name, this.#sum(key)]))
  }

  /** One line for each API: of each version how many were valid, at the edges, and invalid. */
  table(): string {
    return this.#served
      .map(({ key, name, versionMin, versionMax }) => {
        const versions = versionsOf(versionMin, versionMax).map((version) => {
          const counts = makings.map((making) => this.#count({ key, version, making }) ?? '-')
          return `v${version} ${counts.join('/')}`
        })
        return `${String(key).padStart(2)} ${name} ${this.#sum(key)}: ${versions.join(', ')}`
      })
      .join('\n')
  }

  #turn({ key }: Cell): void {
    this.#turns.set(key, (this.#turns.get(key) ?? 0) + 1)
  }

  #count(cell: Cell): number | undefined {
    return this.#cells.get(nameOf(cell))?.count
  }

  #sum(key: number): number {
    const cells = [...this.#cells.values()].filter((cell) => cell.key === key)
    return cells.reduce((sum, { count }) => sum + count, 0)
  }
}

function nameOf({ key, version, making }: Cell): string {
  return `${key}/${version}/${making}`
}

function versionsOf(min: number, max: number): number[] {
  return Array.from({ length: max - min + 1 }, (_, n) => min + n)
}
