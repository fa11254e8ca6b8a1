import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { FrameAssembler } from '../../../../src/transport/frame-assembler.ts'
import { pushChunk } from '../../../transport/push-chunk.ts'
import { framed } from '../../../transport/scripted-broker.ts'
import type { SeenRequest } from './fault-proxy.ts'

/**
 * What can become of a request:
 * - `cut-before`: the connection ends, and the broker does not get the request;
 * - `cut-request`: the connections end in the middle of the request;
 * - `cut-after`: the broker has done it, and the connection ends instead of the answer;
 * - `cut-answer`: the connection ends in the middle of the answer;
 * - `delay`: the answer, and what comes behind it, is held for `ms`;
 * - `stall`: the request, and what comes behind it, gets no answer;
 * - `rewrite`: the client gets what `answer` makes of the broker's frame (without its length).
 */
export type Fault =
  | { readonly kind: 'cut-before' | 'cut-request' | 'cut-after' | 'cut-answer' | 'stall' }
  | { readonly kind: 'delay'; readonly ms: number }
  | {
      readonly kind: 'rewrite'
      readonly answer: (request: SeenRequest, frame: Buffer) => Uint8Array
    }

/** What a connection asks of its proxy. */
export interface ProxiedConnectionEvents {
  faultOf(api: number, version: number): { request: SeenRequest; fault: Fault | undefined }
  answered(request: SeenRequest, frame: Buffer): void
  bytesPerSecond(): number
  ended(): void
}

const frameBytesMax = 256 * 1024 * 1024

/** Slices of what is sent slowly, by time. */
const sliceMs = 10

interface Asked {
  readonly request: SeenRequest
  readonly fault: Fault | undefined
}

/** One client's connection and the one to the broker that serves it. They end together. */
export class ProxiedConnection {
  readonly #client: Socket
  readonly #broker: Socket
  readonly #events: ProxiedConnectionEvents
  /** What was asked, by correlation id: Produce with acks 0 is not answered at all. */
  readonly #asked = new Map<number, Asked>()
  /** The end of what is on its way to the client. */
  #answers: Promise<void> = Promise.resolve()
  #isOver = false
  isStalled = false

  constructor(client: Socket, brokerPort: number, events: ProxiedConnectionEvents) {
    this.#client = client
    this.#events = events
    this.#broker = connect({ host: '127.0.0.1', port: brokerPort, noDelay: true })
    const requests = new FrameAssembler(frameBytesMax)
    const answers = new FrameAssembler(frameBytesMax)
    client.on('data', (chunk) => {
      for (const frame of pushChunk(requests, chunk) ?? []) this.#take(frame)
    })
    this.#broker.on('data', (chunk) => {
      for (const frame of pushChunk(answers, chunk) ?? []) {
        this.#answers = this.#answers.then(() => this.#answer(frame))
      }
    })
    for (const socket of [client, this.#broker]) {
      socket.on('error', () => {})
      // What the broker has answered before it left still goes to the client.
      socket.on('close', () => void this.#answers.then(() => this.cut()))
    }
  }

  /** Ends both connections. */
  cut(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#client.destroy()
    this.#broker.destroy()
    this.#events.ended()
  }

  #take(frame: Buffer): void {
    if (this.#isOver || this.isStalled) return
    const asked = this.#events.faultOf(frame.readInt16BE(0), frame.readInt16BE(2))
    const { fault } = asked
    if (fault?.kind === 'cut-before') {
      this.cut()
      return
    }
    const bytes = framed(frame)
    if (fault?.kind === 'cut-request') {
      this.#broker.end(bytes.subarray(0, 4 + (frame.length >> 1)))
      this.cut()
      return
    }
    if (fault?.kind === 'stall') this.isStalled = true
    else {
      this.#asked.set(frame.readInt32BE(4), asked)
      this.#broker.write(bytes)
    }
  }

  async #answer(frame: Buffer): Promise<void> {
    const correlationId = frame.readInt32BE(0)
    const asked = this.#asked.get(correlationId)
    this.#asked.delete(correlationId)
    if (asked === undefined || this.#isOver) return
    const { request, fault } = asked
    this.#events.answered(request, frame)
    switch (fault?.kind) {
      case 'cut-after':
        this.cut()
        return
      case 'cut-answer':
        await this.#write(framed(frame).subarray(0, 4 + (frame.length >> 1)))
        this.cut()
        return
      case 'rewrite':
        await this.#write(framed(fault.answer(request, frame)))
        return
      case 'delay':
        await sleep(fault.ms)
    }
    await this.#write(framed(frame))
  }

  async #write(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const rate = this.#events.bytesPerSecond()
      const size = rate === Infinity ? bytes.length : Math.max(1, (rate * sliceMs) / 1000)
      if (this.#isOver) return
      // The socket keeps what it is given, so that cutting it may lose the end: as networks do.
      this.#client.write(bytes.subarray(at, at + size))
      at += size
      if (rate !== Infinity) await sleep(sliceMs)
    }
  }
}
