/** The assignors that a consumer knows by name. */
import type { Assignor } from './assignor.ts'
import { rangeAssignor } from './range.ts'
import { roundRobinAssignor } from './round-robin.ts'
import { cooperativeStickyAssignor, stickyAssignor } from './sticky.ts'

/** Their names: Kafka's. */
export type AssignorName = 'range' | 'roundrobin' | 'sticky' | 'cooperative-sticky'

const makers: Readonly<Record<AssignorName, () => Assignor>> = {
  range: rangeAssignor,
  roundrobin: roundRobinAssignor,
  sticky: stickyAssignor,
  'cooperative-sticky': cooperativeStickyAssignor,
}

/** All names. */
export const assignorNames: readonly AssignorName[] = Object.keys(makers) as AssignorName[]

/** A new assignor of this name. */
export function assignorOf(name: AssignorName): Assignor {
  return makers[name]()
}
