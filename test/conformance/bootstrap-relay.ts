import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { apiVersionsApi } from '../../src/protocol/generated/18-api-versions.ts'
import { encodeRequestFrame } from '../../src/protocol/header.ts'
import { FrameAssembler } from '../../src/transport/frame-assembler.ts'
import { pushChunk } from '../transport/push-chunk.ts'
import { RawConnection } from './raw-connection.ts'

const frameBytesMax = 16 * 1024 * 1024
const retryMs = 50

/** Bodies of the broker's answers to ApiVersions, by version. */
type Greetings = ReadonlyMap<number, Buffer>

/**
 * A second bootstrap address for a client that gives up as soon as no broker is connected, as kcat
 * does: it passes requests on to the broker, and while that is away it keeps the client's
 * connection open and sends the unanswered requests again later. Clients ask a bootstrap address
 * for metadata only; they produce and fetch at the address that the broker advertises. The relay
 * answers ApiVersions itself, as the broker did: a client waits for that only a few seconds.
 */
export class BootstrapRelay {
  readonly #server: Server
  readonly #sessions = new Set<RelaySession>()

  private constructor(brokerPort: number, greetings: Greetings) {
    this.#server = createServer((client) => {
      const ended = () => this.#sessions.delete(session)
      const session = new RelaySession(client, brokerPort, greetings, ended)
      this.#sessions.add(session)
    })
  }

  /** Listens on a free port of 127.0.0.1 for the broker at `brokerPort`, which must be up. */
  static async open(brokerPort: number): Promise<BootstrapRelay> {
    const relay = new BootstrapRelay(brokerPort, await greetingsOf(brokerPort))
    relay.#server.listen(0, '127.0.0.1')
    await once(relay.#server, 'listening')
    return relay
  }

  get address(): string {
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('the relay is closed')
    return `127.0.0.1:${address.port}`
  }

  async close(): Promise<void> {
    this.#server.close()
    for (const session of this.#sessions) session.end()
    await once(this.#server, 'close')
  }
}

/** One client connection and the broker connection that serves it at the moment. */
class RelaySession {
  readonly #client: Socket
  readonly #brokerPort: number
  readonly #greetings: Greetings
  readonly #ended: () => void
  readonly #requests = new FrameAssembler(frameBytesMax)
  /** Requests without an answer, oldest first. */
  #unanswered: Buffer[] = []
  #broker: Socket | undefined
  #over = false

  constructor(client: Socket, brokerPort: number, greetings: Greetings, ended: () => void) {
    this.#client = client
    this.#brokerPort = brokerPort
    this.#greetings = greetings
    this.#ended = ended
    client.on('data', (chunk) => {
      for (const frame of pushChunk(this.#requests, chunk) ?? []) this.#take(frame)
    })
    client.on('error', () => {})
    client.on('close', () => this.end())
    this.#connect()
  }

  end(): void {
    this.#over = true
    this.#client.destroy()
    this.#broker?.destroy()
    this.#ended()
  }

  #take(frame: Buffer): void {
    const isGreeting = frame.length >= 8 && frame.readInt16BE(0) === apiVersionsApi.key
    const greeting = isGreeting ? this.#greetings.get(frame.readInt16BE(2)) : undefined
    if (greeting !== undefined) {
      this.#client.write(withSize(Buffer.concat([frame.subarray(4, 8), greeting])))
      return
    }
    const request = withSize(frame)
    this.#unanswered.push(request)
    this.#broker?.write(request)
  }

  #connect(): void {
    if (this.#over) return
    const broker = connect({ host: '127.0.0.1', port: this.#brokerPort })
    const answers = new FrameAssembler(frameBytesMax)
    broker.on('connect', () => {
      this.#broker = broker
      for (const request of this.#unanswered) broker.write(request)
    })
    broker.on('data', (chunk) => {
      for (const frame of pushChunk(answers, chunk) ?? []) {
        this.#unanswered.shift()
        this.#client.write(withSize(frame))
      }
    })
    broker.on('error', () => {})
    broker.on('close', () => {
      this.#broker = undefined
      setTimeout(() => this.#connect(), retryMs)
    })
  }
}

/** Asks the broker for what it answers to ApiVersions. */
async function greetingsOf(brokerPort: number): Promise<Greetings> {
  const connection = await RawConnection.open(brokerPort)
  const greetings = new Map<number, Buffer>()
  for (const version of [0, 3]) {
    const software = { clientSoftwareName: 'relay', clientSoftwareVersion: '1' }
    const request = version >= 3 ? software : {}
    connection.send(encodeRequestFrame(apiVersionsApi, version, 0, 'relay', request))
    const answer = await connection.nextAnswer()
    if (answer === undefined) throw new Error('the broker does not answer ApiVersions')
    greetings.set(version, answer.subarray(4))
  }
  connection.close()
  return greetings
}

function withSize(frame: Buffer): Buffer {
  const size = Buffer.alloc(4)
  size.writeInt32BE(frame.length, 0)
  return Buffer.concat([size, frame])
}
