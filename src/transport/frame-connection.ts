import { connect, type Socket } from 'node:net'
import { assert } from '../base/assert.ts'
import { formatHostPort, type HostPort } from '../base/endpoint.ts'
import { FrameAssembler } from './frame-assembler.ts'

/** A connection that could not be made, ended, or broke the framing. The message is a sentence. */
export class ConnectionError extends Error {
  /** Whom the connection was to reach, as HOST:PORT. */
  readonly peer: string

  constructor(peer: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'ConnectionError'
    this.peer = peer
  }
}

/** Limits of one connection; times in ms. */
export interface FrameConnectionOptions {
  readonly connectTimeoutMs: number
  /** How long one answer may take before the connection counts as broken. */
  readonly requestTimeoutMs: number
  /** Largest frame that is accepted, in bytes. */
  readonly frameBytesMax: number
}

interface Waiter {
  readonly resolve: (frame: Buffer) => void
  readonly reject: (error: ConnectionError) => void
  readonly deadlineMs: number
}

/**
 * A TCP connection that carries frames: each one sent is answered by one received, in order. It
 * knows no API. The first failure ends it: every exchange that waits is rejected, and so is every
 * later one. The caller closes it.
 */
export class FrameConnection {
  readonly peer: string
  readonly #socket: Socket
  readonly #options: FrameConnectionOptions
  readonly #assembler: FrameAssembler
  /** Oldest first, as answers come in the order of the requests. */
  readonly #waiters: Waiter[] = []
  #failure: ConnectionError | undefined
  #timer: NodeJS.Timeout | undefined

  private constructor(socket: Socket, peer: string, options: FrameConnectionOptions) {
    assert(options.requestTimeoutMs > 0, 'an answer gets time')
    this.peer = peer
    this.#socket = socket
    this.#options = options
    this.#assembler = new FrameAssembler(options.frameBytesMax)
    socket.setNoDelay(true)
    socket.on('data', (chunk) => this.#received(chunk))
    socket.on('error', (error) => this.#fail(`The connection to ${peer} broke: ${reason(error)}.`))
    socket.on('close', () => this.#fail(`${peer} closed the connection.`))
  }

  /** Connects. Rejects with a {@link ConnectionError} that names the peer and the cause. */
  static async open(endpoint: HostPort, options: FrameConnectionOptions): Promise<FrameConnection> {
    const peer = formatHostPort(endpoint)
    const socket = connect({ host: endpoint.host, port: endpoint.port })
    await connected(socket, peer, options.connectTimeoutMs)
    return new FrameConnection(socket, peer, options)
  }

  /** Sends one whole frame (with its length) and resolves with its answer's frame, without. */
  exchange(frame: Uint8Array): Promise<Buffer> {
    assert(frame.length >= 4, 'a frame has its length in front')
    const announced = new DataView(frame.buffer, frame.byteOffset).getInt32(0)
    assert(announced === frame.length - 4, 'one whole frame is sent')
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) {
        reject(this.#failure)
        return
      }
      const deadlineMs = performance.now() + this.#options.requestTimeoutMs
      const before = this.#waiters.at(-1)?.deadlineMs ?? 0
      assert(before <= deadlineMs, 'who asks later may wait longer')
      this.#waiters.push({ resolve, reject, deadlineMs })
      this.#socket.write(frame)
      this.#arm()
    })
  }

  /** Ends the connection. Exchanges that wait are rejected. */
  close(): void {
    this.#fail(`The connection to ${this.peer} is closed.`)
  }

  #received(chunk: Buffer): void {
    const frames = this.#assembler.push(chunk)
    if (frames === undefined) {
      this.#fail(`${this.peer} sent something that is not the Kafka protocol.`)
      return
    }
    for (const frame of frames) {
      const waiter = this.#waiters.shift()
      if (waiter === undefined) {
        this.#fail(`${this.peer} sent an answer that nobody asked for.`)
        return
      }
      waiter.resolve(frame)
    }
    this.#arm()
  }

  /** One timer for the oldest exchange: none behind it can run out before. */
  #arm(): void {
    clearTimeout(this.#timer)
    const oldest = this.#waiters[0]
    if (oldest === undefined) return
    assert(this.#failure === undefined, 'nobody waits on a failed connection')
    const leftMs = Math.max(0, oldest.deadlineMs - performance.now())
    this.#timer = setTimeout(
      () => this.#fail(`${this.peer} did not answer within ${this.#options.requestTimeoutMs} ms.`),
      leftMs,
    )
  }

  #fail(message: string): void {
    if (this.#failure !== undefined) return
    this.#failure = new ConnectionError(this.peer, message)
    clearTimeout(this.#timer)
    this.#socket.destroy()
    for (const waiter of this.#waiters.splice(0)) waiter.reject(this.#failure)
    assert(this.#waiters.length === 0, 'a failed connection leaves nobody waiting')
  }
}

function connected(socket: Socket, peer: string, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (why: string, cause?: unknown): void => {
      socket.destroy()
      clearTimeout(timer)
      reject(new ConnectionError(peer, `Cannot connect to ${peer}: ${why}.`, cause))
    }
    const onError = (error: Error): void => fail(reason(error), error)
    const timer = setTimeout(() => fail(`no answer within ${timeoutMs} ms`), timeoutMs)
    socket.once('error', onError)
    socket.once('connect', () => {
      clearTimeout(timer)
      socket.off('error', onError)
      resolve()
    })
  })
}

/** The system's words for an error; a name with several addresses fails with one error for each. */
function reason(error: Error): string {
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : error
  const code = (first as NodeJS.ErrnoException).code
  if (code === 'ECONNREFUSED') return 'nothing listens there (connection refused)'
  if (code === 'ENOTFOUND') return 'the host name does not exist'
  return first instanceof Error ? first.message : String(first)
}
