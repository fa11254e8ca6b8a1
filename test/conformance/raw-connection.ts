import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { FrameAssembler } from '../../src/transport/frame-assembler.ts'
import { pushChunk } from '../transport/push-chunk.ts'

const answerBytesMax = 256 * 1024 * 1024

/**
 * A bare TCP connection to a broker: sends any bytes, hands out whole answers (without their size)
 * in order of arrival. It knows no API, so that tests can also send what no client would.
 */
export class RawConnection {
  readonly socket: Socket
  readonly #assembler = new FrameAssembler(answerBytesMax)
  readonly #answers: Buffer[] = []
  #waiting: ((answer: Buffer | undefined) => void)[] = []
  #closed = false
  #correlationId = 0

  private constructor(socket: Socket) {
    this.socket = socket
    socket.setNoDelay(true)
    socket.on('data', (chunk) => this.#receive(chunk))
    // An error is always followed by 'close'; a reset is one way for a broker to hang up.
    socket.on('error', () => {})
    socket.on('close', () => this.#end())
    socket.on('end', () => this.#end())
  }

  /** Connects to a numeric address; rejects if nobody listens. */
  static async open(port: number, host = '127.0.0.1'): Promise<RawConnection> {
    const socket = connect({ host, port })
    await once(socket, 'connect')
    return new RawConnection(socket)
  }

  /** True once the broker has hung up, or this side has. */
  get closed(): boolean {
    return this.#closed
  }

  /** Sends bytes as they are. */
  send(bytes: Uint8Array): void {
    if (!this.#closed) this.socket.write(bytes)
  }

  /** The next answer; undefined when the connection ended before one came. */
  async nextAnswer(): Promise<Buffer | undefined> {
    const answer = this.#answers.shift()
    if (answer !== undefined || this.#closed) return answer
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /**
   * Sends a request with header version 1 (no tagged fields) and returns the body of its answer,
   * behind the correlation id. Rejects if the connection ends or another id comes back.
   */
  async request(apiKey: number, version: number, body: Uint8Array): Promise<Buffer> {
    const correlationId = ++this.#correlationId
    this.send(frameOf(apiKey, version, correlationId, body))
    const answer = await this.nextAnswer()
    if (answer === undefined) throw new Error(`connection closed instead of an answer to ${apiKey}`)
    if (answer.readInt32BE(0) !== correlationId) throw new Error('answer with a foreign id')
    return answer.subarray(4)
  }

  /** Closes the connection at once. */
  close(): void {
    this.socket.destroy()
    this.#end()
  }

  #receive(chunk: Buffer): void {
    const frames = pushChunk(this.#assembler, chunk)
    if (frames === undefined) this.close()
    for (const frame of frames ?? []) {
      const waiting = this.#waiting.shift()
      if (waiting) waiting(frame)
      else this.#answers.push(frame)
    }
  }

  #end(): void {
    this.#closed = true
    for (const waiting of this.#waiting) waiting(undefined)
    this.#waiting = []
  }
}

/** A whole frame: size, request header version 1 with a client id, body. */
export function frameOf(
  apiKey: number,
  version: number,
  correlationId: number,
  body: Uint8Array,
): Buffer {
  const clientId = Buffer.from('conformance')
  const header = Buffer.alloc(14)
  header.writeInt32BE(10 + clientId.length + body.length, 0)
  header.writeInt16BE(apiKey, 4)
  header.writeInt16BE(version, 6)
  header.writeInt32BE(correlationId, 8)
  header.writeInt16BE(clientId.length, 12)
  return Buffer.concat([header, clientId, body])
}
