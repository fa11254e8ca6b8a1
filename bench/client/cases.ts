import type { CaseName } from './task.ts'

/** A case as the bench runs and prints it. */
export interface ClientCase {
  readonly name: CaseName
  /** For readers of the table. */
  readonly title: string
  /** It reads the records that were put into the broker before, and writes none. */
  readonly consumes: boolean
}

/** All cases, in their order. */
export const clientCases: readonly ClientCase[] = [
  produces('sends', 'sends of 1,000, one after the other'),
  produces('sends-5', 'sends of 1,000, five at a time'),
  produces('singles-100', 'single sends, 100 in flight'),
  produces('singles-10000', 'single sends, 10,000 in flight'),
  produces('enqueue', 'no promise per record, flushed at the end'),
  produces('idle', 'single sends, one after the other'),
  { name: 'one-by-one', title: 'consumed one by one', consumes: true },
  { name: 'by-batch', title: 'consumed by batch', consumes: true },
]

function produces(name: CaseName, title: string): ClientCase {
  return { name, title, consumes: false }
}
