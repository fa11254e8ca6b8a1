import type { Socket } from 'node:net'
import { assert } from '../base/assert.ts'
import { formatHostPort, type HostPort } from '../base/endpoint.ts'
import { ConnectionError, type ConnectionFault } from './connection-error.ts'
import { FrameAssembler } from './frame-assembler.ts'
import { openSocket, reason, type SocketOptions } from './open-socket.ts'

/** Limits of one connection. */
export interface FrameConnectionOptions extends SocketOptions {
  /** Largest frame that is accepted, in bytes. */
  readonly frameBytesMax: number
}

/** Something that the peer has to do in time. */
interface Due {
  readonly deadlineMs: number
  readonly timeoutMs: number
}

interface Waiter extends Due {
  readonly resolve: (frame: Buffer) => void
  readonly reject: (error: ConnectionError) => void
}

/**
 * A TCP or TLS connection that carries frames: each one sent is answered by one received, in order,
 * unless the sender says that no answer will come. It knows no API. The first failure ends it:
 * every exchange that waits is rejected, and so is every later one. An answer that is late is such
 * a failure, as in Kafka's own client: what came behind it could not be told apart otherwise.
 */
export class FrameConnection {
  readonly peer: string
  readonly #socket: Socket
  /** Oldest first, as answers come in the order of the requests. */
  readonly #waiters: Waiter[] = []
  /** Frames without an answer that the socket has not taken yet, oldest first. */
  readonly #telling = new Set<Due>()
  readonly #onEnd: ((error: ConnectionError) => void)[] = []
  #failure: ConnectionError | undefined
  #timer: NodeJS.Timeout | undefined
  #timerAtMs = Infinity

  private constructor(socket: Socket, peer: string) {
    this.peer = peer
    this.#socket = socket
    socket.on('error', (error) => this.#broke(error))
    socket.on('end', () => this.#fail('broken', `${peer} closed the connection.`))
    socket.on('close', () => this.#fail('broken', `${peer} closed the connection.`))
  }

  /** Connects. Rejects with a {@link ConnectionError} that names the peer and the cause. */
  static async open(endpoint: HostPort, options: FrameConnectionOptions): Promise<FrameConnection> {
    const assembler = new FrameAssembler(options.frameBytesMax)
    let connection: FrameConnection | undefined
    const socket = await openSocket(endpoint, options, {
      buffer: () => assembler.room(),
      // Nothing comes before something was asked for.
      callback: (count) =>
        connection === undefined ? false : connection.#received(assembler.filled(count)),
    })
    connection = new FrameConnection(socket, formatHostPort(endpoint))
    return connection
  }

  /** What ended the connection, if it has ended. */
  get failure(): ConnectionError | undefined {
    return this.#failure
  }

  /** Exchanges that wait for their answer, and frames without one that are being written. */
  get inFlight(): number {
    return this.#waiters.length + this.#telling.size
  }

  /** Calls `listener` when the connection ends; at once if it has. */
  onEnd(listener: (error: ConnectionError) => void): void {
    if (this.#failure === undefined) this.#onEnd.push(listener)
    else listener(this.#failure)
  }

  /**
   * Sends one whole frame (with its length), given in pieces that are not copied, and resolves with
   * its answer's frame, without. `written` is called exactly once, when the pieces may be used
   * again: the socket has taken them, or will never.
   */
  exchange(
    pieces: readonly Uint8Array[],
    timeoutMs: number,
    written?: () => void,
  ): Promise<Buffer> {
    assert(timeoutMs > 0, 'an answer gets time')
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) {
        written?.()
        reject(this.#failure)
        return
      }
      const deadlineMs = performance.now() + timeoutMs
      this.#waiters.push({ resolve, reject, deadlineMs, timeoutMs })
      this.#arm(deadlineMs)
      this.#write(pieces, written)
    })
  }

  /**
   * Sends one whole frame that nobody answers; settles when the pieces may be used again. A peer
   * that does not take it within `timeoutMs` fails the connection.
   */
  tell(pieces: readonly Uint8Array[], timeoutMs: number): Promise<void> {
    assert(timeoutMs > 0, 'a write gets time')
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) {
        reject(this.#failure)
        return
      }
      const due = { deadlineMs: performance.now() + timeoutMs, timeoutMs }
      this.#telling.add(due)
      this.#arm(due.deadlineMs)
      this.#write(pieces, () => {
        this.#telling.delete(due)
        if (this.#failure === undefined) resolve()
        else reject(this.#failure)
      })
    })
  }

  /** Ends the connection, for `why` if given. Exchanges that wait are rejected. */
  close(why?: ConnectionError): void {
    const message = `The connection to ${this.peer} is closed.`
    this.#end(why ?? new ConnectionError(this.peer, 'closed', message))
  }

  #write(pieces: readonly Uint8Array[], written?: () => void): void {
    const first = pieces[0]
    assert(first !== undefined && first.length >= 4, 'a frame has its length in front')
    const announced = new DataView(first.buffer, first.byteOffset).getInt32(0)
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
    assert(announced === length - 4, 'one whole frame is sent')
    if (pieces.length > 1) this.#socket.cork()
    const last = pieces.length - 1
    assert(last >= 0, 'a frame has a piece')
    for (let at = 0; at < last; at++) this.#socket.write(pieces[at] ?? first)
    // Node calls back when the write has ended, whichever way, and not before.
    this.#socket.write(pieces[last] ?? first, () => written?.())
    if (pieces.length > 1) this.#socket.uncork()
  }

  /** Hands out answers; `false` stops the reading. */
  #received(frames: readonly Buffer[] | undefined): boolean {
    if (frames === undefined) {
      this.#fail('malformed', `${this.peer} sent something that is not the Kafka protocol.`)
      return false
    }
    for (const frame of frames) {
      const waiter = this.#waiters.shift()
      if (waiter === undefined) {
        this.#fail('malformed', `${this.peer} sent an answer that nobody asked for.`)
        return false
      }
      waiter.resolve(frame)
    }
    return this.#failure === undefined
  }

  /** One timer, for the nearest deadline when it was set; answers do not touch it. */
  #arm(deadlineMs: number): void {
    if (deadlineMs >= this.#timerAtMs) return
    assert(this.#failure === undefined, 'nobody waits on a failed connection')
    clearTimeout(this.#timer)
    this.#timerAtMs = deadlineMs
    const leftMs = Math.min(2 ** 31 - 1, Math.max(0, Math.ceil(deadlineMs - performance.now())))
    this.#timer = setTimeout(() => this.#expire(), leftMs)
    this.#timer.unref()
  }

  #expire(): void {
    this.#timerAtMs = Infinity
    const nowMs = performance.now()
    const nextMs = Math.min(
      this.#nextOf(this.#waiters, nowMs, 'answer'),
      this.#nextOf(this.#telling, nowMs, 'take a request'),
    )
    if (this.#failure !== undefined) return
    assert(nextMs > nowMs, 'what is over was ended')
    if (nextMs < Infinity) this.#arm(nextMs)
  }

  /** The nearest deadline, Infinity when there is none; one that is over fails the connection. */
  #nextOf(all: Iterable<Due>, nowMs: number, what: string): number {
    let nextMs = Infinity
    for (const { deadlineMs, timeoutMs } of all) {
      if (deadlineMs <= nowMs) {
        this.#fail('timeout', `${this.peer} did not ${what} within ${Math.round(timeoutMs)} ms.`)
        return Infinity
      }
      nextMs = Math.min(nextMs, deadlineMs)
    }
    return nextMs
  }

  #broke(cause: Error): void {
    this.#fail('broken', `The connection to ${this.peer} broke: ${reason(cause)}.`, cause)
  }

  #fail(fault: ConnectionFault, message: string, cause?: unknown): void {
    this.#end(new ConnectionError(this.peer, fault, message, { cause }))
  }

  #end(failure: ConnectionError): void {
    if (this.#failure !== undefined) return
    this.#failure = failure
    clearTimeout(this.#timer)
    this.#telling.clear()
    this.#socket.destroy()
    for (const waiter of this.#waiters.splice(0)) waiter.reject(failure)
    for (const listener of this.#onEnd.splice(0)) listener(failure)
    assert(this.#waiters.length === 0, 'a failed connection leaves nobody waiting')
  }
}
