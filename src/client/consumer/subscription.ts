/** Which topics a subscription means, as topics come and go. Pure. */
import { assert } from '../../base/assert.ts'
import { compareText } from '../topic-partition.ts'

/** What `subscribe` takes: names, patterns of names, or both. */
export type TopicFilter = string | RegExp | readonly (string | RegExp)[]

/** What has to be known of a topic. */
export interface KnownTopic {
  readonly name: string
  readonly isInternal: boolean
  readonly partitionsCount: number
}

/** A subscription: what was asked for, and the topics that it means at present. */
export class Subscription {
  readonly names: readonly string[]
  readonly #patterns: readonly RegExp[]
  readonly #excludesInternal: boolean
  #topics: readonly string[]

  /** @param excludesInternal patterns do not match topics of the broker's own. */
  constructor(filter: TopicFilter, excludesInternal: boolean) {
    const filters = typeof filter === 'string' || filter instanceof RegExp ? [filter] : filter
    this.names = [...new Set(filters.filter((one) => typeof one === 'string'))].sort(compareText)
    this.#patterns = filters.filter((one) => one instanceof RegExp).map(stateless)
    this.#excludesInternal = excludesInternal
    this.#topics = this.names
  }

  /** Whether topics that nobody named can be meant, so that all have to be known. */
  get hasPattern(): boolean {
    return this.#patterns.length > 0
  }

  /** The topics that it means, in order: those with a name, and those that a pattern found. */
  get topics(): readonly string[] {
    return this.#topics
  }

  /** Takes in which topics there are. Returns whether the subscription means others than before. */
  update(known: Iterable<KnownTopic>): boolean {
    if (!this.hasPattern) return false
    assert(this.#patterns.length > 0, 'names alone mean themselves')
    const topics = new Set(this.names)
    for (const { name, isInternal } of known) {
      if (isInternal && this.#excludesInternal) continue
      if (this.#patterns.some((pattern) => pattern.test(name))) topics.add(name)
    }
    const sorted = [...topics].sort(compareText)
    const changed = sorted.length !== this.#topics.length || sorted.some((t) => !this.#has(t))
    this.#topics = sorted
    return changed
  }

  #has(topic: string): boolean {
    return this.#topics.includes(topic)
  }
}

/**
 * The partitions that a leader has divided, so that it notices when there are others: a topic that
 * grew, appeared or vanished.
 */
export class DividedTopics {
  #counts: ReadonlyMap<string, number> | null = null

  /** Remembers what was divided. */
  remember(counts: ReadonlyMap<string, number>): void {
    this.#counts = counts
  }

  /** Nothing is divided by this member. */
  forget(): void {
    this.#counts = null
  }

  /** Whether a topic has another number of partitions than when it was divided. */
  differFrom(countOf: (topic: string) => number): boolean {
    for (const [topic, count] of this.#counts ?? []) if (countOf(topic) !== count) return true
    return false
  }
}

/** A pattern whose `test` does not go on where the last one ended. */
function stateless(pattern: RegExp): RegExp {
  return new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''))
}
