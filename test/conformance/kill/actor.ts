import type { RawConnection } from '../raw-connection.ts'
import type { Witness } from './witness.ts'

/** A client that changes one kind of thing over and over while the broker is killed. */
export interface Actor {
  readonly name: string
  /** What it has seen of each thing that it changes. */
  readonly witnesses: () => Iterable<Witness<unknown>>
  /** Makes what it needs, once. */
  prepare(connection: RawConnection): Promise<void>
  /** One change, acknowledged when it resolves; rejects when the connection ends. */
  change(connection: RawConnection): Promise<void>
  /** What a restarted broker lost, or has by halves. */
  faults(connection: RawConnection): Promise<string[]>
}

/** Throws where a broker that lives refuses what it should do. */
export function accepted(errorCode: number | undefined, what: string): void {
  if (errorCode !== 0) throw new RefusedError(`${what}: error ${errorCode}`)
}

/** A refusal: no consequence of a kill. */
export class RefusedError extends Error {}
