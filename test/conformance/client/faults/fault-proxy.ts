import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { AnyApi } from '../../../../src/protocol/codec.ts'
import { type Fault, ProxiedConnection } from './proxied-connection.ts'

/** A request that a client sent through the proxy. */
export interface SeenRequest {
  /** Kafka's number of the API. */
  readonly api: number
  readonly version: number
  /** Of this API, from 1 on, over all connections. */
  readonly number: number
}

/** Which requests a fault meets. */
export interface FaultTarget {
  /** Any unless given. */
  readonly api?: AnyApi
  /** How many of them; 1 unless given. */
  readonly times?: number
  /** How many of them pass before; none unless given. */
  readonly after?: number
}

/** A fault that was ordered, to see when it came. */
export interface Injection {
  /** How often it came so far. */
  readonly hits: number
  /** Resolves when it has come for the first time. */
  readonly hit: Promise<void>
  /** Takes it back. */
  end(): void
}

/** Decides for each request what becomes of it; undefined passes it on to those before. */
export type FaultChooser = (request: SeenRequest) => Fault | undefined

/** Sees each answer before the client does: its frame without the length. */
export type AnswerListener = (request: SeenRequest, frame: Buffer) => void

/**
 * Stands between clients and one broker and passes whole frames on, until it is told to fail. The
 * broker has to advertise the proxy's address. Faults are chosen per request, the one that was
 * ordered last first.
 */
export class FaultProxy {
  readonly port: number
  /** The broker's own port; to be set before the first client comes. */
  brokerPort = 0
  /** Limits what goes to each client, in bytes per second. */
  bytesPerSecond = Infinity
  readonly #connections = new Set<ProxiedConnection>()
  readonly #listeners = new Set<AnswerListener>()
  readonly #counts = new Map<number, number>()
  #choosers: FaultChooser[] = []
  #server: Server | undefined

  private constructor(server: Server) {
    this.port = (server.address() as AddressInfo).port
    this.#server = server
    this.#serve(server)
  }

  /** Listens on a free port of 127.0.0.1. */
  static async open(): Promise<FaultProxy> {
    return new FaultProxy(await listen(0))
  }

  /** host:port for a client's list of brokers. */
  get address(): string {
    return `127.0.0.1:${this.port}`
  }

  /** Connections that stand. */
  get connections(): number {
    return this.#connections.size
  }

  /** Requests of an API that came so far. */
  count(api: AnyApi): number {
    return this.#counts.get(api.key) ?? 0
  }

  /** Orders a fault. */
  inject(fault: Fault, target: FaultTarget = {}): Injection {
    const { api, times = 1, after = 0 } = target
    let met = 0
    let hits = 0
    let tell = (): void => {}
    const hit = new Promise<void>((resolve) => {
      tell = resolve
    })
    const end = this.choose((request) => {
      if (api !== undefined && request.api !== api.key) return undefined
      met++
      if (met <= after || hits >= times) return undefined
      hits++
      tell()
      return fault
    })
    return {
      get hits() {
        return hits
      },
      hit,
      end,
    }
  }

  /** Lets a function decide; the result ends that. */
  choose(chooser: FaultChooser): () => void {
    this.#choosers.unshift(chooser)
    return () => {
      this.#choosers = this.#choosers.filter((other) => other !== chooser)
    }
  }

  /** Shows all answers to a function; the result ends that. */
  watch(listener: AnswerListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Ends all connections that stand, as a network that fails. */
  cut(): void {
    for (const connection of this.#connections) connection.cut()
  }

  /** Refuses connections from now on; those that stand are left alone. */
  refuse(): void {
    this.#server?.close()
    this.#server = undefined
  }

  /** Takes connections again. */
  async accept(): Promise<void> {
    if (this.#server !== undefined) return
    this.#server = await listen(this.port)
    this.#serve(this.#server)
  }

  /** Takes all faults back. What stalls is cut off, as its answers are lost. */
  async heal(): Promise<void> {
    this.#choosers = []
    this.bytesPerSecond = Infinity
    for (const connection of this.#connections) if (connection.isStalled) connection.cut()
    await this.accept()
  }

  /** Ends everything. */
  async close(): Promise<void> {
    this.#choosers = []
    const server = this.#server
    this.#server = undefined
    server?.close()
    this.cut()
    if (server !== undefined) await once(server, 'close')
  }

  #serve(server: Server): void {
    server.on('connection', (client: Socket) => {
      const connection = new ProxiedConnection(client, this.brokerPort, {
        faultOf: (api, version) => this.#faultOf(api, version),
        answered: (request, frame) => {
          for (const listener of this.#listeners) listener(request, frame)
        },
        bytesPerSecond: () => this.bytesPerSecond,
        ended: () => this.#connections.delete(connection),
      })
      this.#connections.add(connection)
    })
  }

  #faultOf(api: number, version: number): { request: SeenRequest; fault: Fault | undefined } {
    const number = (this.#counts.get(api) ?? 0) + 1
    this.#counts.set(api, number)
    const request = { api, version, number }
    for (const chooser of this.#choosers) {
      const fault = chooser(request)
      if (fault !== undefined) return { request, fault }
    }
    return { request, fault: undefined }
  }
}

async function listen(port: number): Promise<Server> {
  const server = createServer({ noDelay: true }).listen(port, '127.0.0.1')
  await once(server, 'listening')
  return server
}
