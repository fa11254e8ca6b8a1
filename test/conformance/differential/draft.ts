/** A request before its version is chosen, and where drafts come from. */
import type { World } from './world.ts'

/** What is asked, and what to know about it. */
export interface Draft {
  /** All fields of all versions; what a version lacks is left out. */
  readonly request: object
  /** The connection; `main` by default. */
  readonly slot?: string
  /** True if the answer may wait for requests of others. */
  readonly waits?: boolean
  /** Topics and groups that the request may change. */
  readonly subjects?: readonly string[]
  /** False for a question that means something else the second time. */
  readonly repeatable?: boolean
  /** Takes over what both have answered alike; `answer` is Kafka's. */
  readonly learn?: (answer: object) => void
}

/** One API: how often it is used, and for what. */
export interface Source {
  readonly key: number
  readonly weight: number
  /** What a request does to what others see. */
  readonly effect: 'reads' | 'changes' | 'changes metadata'
  /** Undefined if there is nothing to ask now. */
  readonly draft: (world: World, version: number) => Draft | undefined
  /** True if Kafka answers and then does what it should not: the subjects are left alone. */
  readonly harms?: (request: object) => boolean
  /** Takes over what both have answered alike to any request, also to one at the edges. */
  readonly observe?: (world: World, request: object, answer: object) => void
}
