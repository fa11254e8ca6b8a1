/**
 * Ids that each broker chooses for itself: topic ids, member ids, producer ids, fetch sessions. A
 * pair is formed where both answers name an id in the same place; from then on each stands for the
 * other, in requests (a {@link Ref}) and in answers.
 */

/** Which broker: the reference, or ours. */
export type Side = 'kafka' | 'odradek'

/** What a broker's id may be. */
export type Id = string | number

/** The pair `index` of a kind, in the place of an id in a request. */
export class Ref {
  readonly kind: string
  readonly index: number

  constructor(kind: string, index: number) {
    this.kind = kind
    this.index = index
  }

  toString(): string {
    return `<${this.kind} ${this.index}>`
  }

  toJSON(): string {
    return this.toString()
  }
}

/** Bytes of a request that differ by broker, as they hold an id. */
export interface Late {
  bytesFor(ids: IdPairs, side: Side): Uint8Array
}

/** Values that are no ids: they stand for themselves on both sides. */
const plain: ReadonlySet<unknown> = new Set(['', '-1', -1, 0, null, 'AAAAAAAAAAAAAAAAAAAAAA'])

interface Kind {
  readonly kafka: Map<Id, number>
  readonly odradek: Map<Id, number>
  readonly pairs: Record<Side, Id>[]
}

/** All pairs so far. */
export class IdPairs {
  readonly #kinds = new Map<string, Kind>()

  /** True if the two ids stand for each other; two that are both new do from now on. */
  bind(kind: string, kafka: Id | null, odradek: Id | null): boolean {
    if (plain.has(kafka) || plain.has(odradek)) return kafka === odradek
    if (kafka === null || odradek === null) return false
    const known = this.#kind(kind)
    const index = known.kafka.get(kafka)
    if (index !== undefined) return known.odradek.get(odradek) === index
    if (known.odradek.has(odradek)) return false
    known.kafka.set(kafka, known.pairs.length)
    known.odradek.set(odradek, known.pairs.length)
    known.pairs.push({ kafka, odradek })
    return true
  }

  /** True if the two ids stand for each other, or neither has a partner yet. */
  agree(kind: string, kafka: Id, odradek: Id): boolean {
    if (plain.has(kafka) || plain.has(odradek)) return kafka === odradek
    const { kafka: theirs, odradek: ours } = this.#kind(kind)
    return theirs.get(kafka) === ours.get(odradek)
  }

  /** What stands for an id of one side; undefined where it has no partner. */
  ref(kind: string, side: Side, id: Id): Ref | undefined {
    const index = this.#kind(kind)[side].get(id)
    return index === undefined ? undefined : new Ref(kind, index)
  }

  /** The id that a reference means for one side. */
  id(ref: Ref, side: Side): Id {
    const pair = this.#kind(ref.kind).pairs[ref.index]
    if (pair === undefined) throw new Error(`there is no ${ref}`)
    return pair[side]
  }

  /** A request with the ids of one side in the place of references. */
  resolve(value: unknown, side: Side): unknown {
    if (value instanceof Ref) return this.id(value, side)
    if (isLate(value)) return value.bytesFor(this, side)
    if (Array.isArray(value)) return value.map((item) => this.resolve(item, side))
    if (!isStruct(value)) return value
    return Object.fromEntries(
      Object.entries(value).map(([name, field]) => [name, this.resolve(field, side)]),
    )
  }

  #kind(name: string): Kind {
    const known = this.#kinds.get(name)
    if (known !== undefined) return known
    const kind: Kind = { kafka: new Map(), odradek: new Map(), pairs: [] }
    this.#kinds.set(name, kind)
    return kind
  }
}

/** True for a message or a part of one, not for bytes, arrays and references. */
export function isStruct(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return !(value instanceof Uint8Array) && !(value instanceof Ref)
}

function isLate(value: unknown): value is Late {
  return typeof value === 'object' && value !== null && 'bytesFor' in value
}
