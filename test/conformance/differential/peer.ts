/** One of the two brokers, with the connections that the run uses at it. */
import type { AnyApi } from '../../../src/protocol/codec.ts'
import { openResponse } from '../../../src/protocol/header.ts'
import type { BrokerProcess } from '../broker-process.ts'
import { RawConnection } from '../raw-connection.ts'

/**
 * What came back for a request: an answer, a closed connection, nothing in time, or nothing as it
 * should be.
 */
export type Outcome = Buffer | 'closed' | 'silent' | 'unanswered'

/** A broker that keeps one connection by slot; a slot sends one request at a time. */
export class Peer {
  readonly broker: BrokerProcess
  readonly #connections = new Map<string, RawConnection>()

  constructor(broker: BrokerProcess) {
    this.broker = broker
  }

  /** Sends a frame and waits for its answer; a slot whose connection has ended gets a new one. */
  async ask(slot: string, frame: Uint8Array, patienceMs: number): Promise<Outcome> {
    const connection = await this.#connection(slot)
    connection.send(frame)
    return this.#within(slot, connection, patienceMs)
  }

  /** Sends a frame that has no answer. */
  async tell(slot: string, frame: Uint8Array): Promise<void> {
    const connection = await this.#connection(slot)
    connection.send(frame)
  }

  close(): void {
    for (const connection of this.#connections.values()) connection.close()
    this.#connections.clear()
  }

  async #connection(slot: string): Promise<RawConnection> {
    const known = this.#connections.get(slot)
    if (known !== undefined && !known.closed) return known
    const connection = await RawConnection.open(this.broker.port)
    this.#connections.set(slot, connection)
    return connection
  }

  async #within(slot: string, connection: RawConnection, patienceMs: number): Promise<Outcome> {
    let timer: NodeJS.Timeout | undefined
    const patience = new Promise<'silent'>((resolve) => {
      timer = setTimeout(() => resolve('silent'), patienceMs)
    })
    const outcome = await Promise.race([connection.nextAnswer(), patience])
    clearTimeout(timer)
    if (Buffer.isBuffer(outcome)) return outcome
    connection.close()
    this.#connections.delete(slot)
    return outcome ?? 'closed'
  }
}

/** An answer by its schema, or in words why there is none. */
export function opened(api: AnyApi, version: number, outcome: Outcome): object | string {
  if (typeof outcome === 'string') return outcome
  const { reader } = openResponse(api.key, version, outcome)
  const answer = api.response.decode(reader, version)
  if (reader.error !== null) return `an answer that is broken: ${reader.error}`
  if (reader.remaining > 0) return `an answer with ${reader.remaining} bytes behind its end`
  return answer as object
}
