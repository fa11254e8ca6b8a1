import { createReadStream } from 'node:fs'
import { assert } from '../../base/assert.ts'
import {
  type HeaderPair,
  Producer,
  type ProducerOptions,
  type ProducerRecord,
} from '../../client/index.ts'
import { mustBeReachable } from '../admin-client.ts'
import { counted } from '../check-words.ts'
import { type ClusterOptions, clientOptions } from '../client-options.ts'
import { DeliveryFailures } from '../delivery-failures.ts'
import { exitCode } from '../exit-codes.ts'
import { fileErrorReason } from '../file-error.ts'
import { Interruption } from '../interruption.ts'
import { LiveCounter } from '../live-counter.ts'
import { unescaped } from '../record-text/escapes.ts'
import { parseJson } from '../record-text/json.ts'
import { parseLine } from '../record-text/line.ts'
import { Splitter } from '../record-text/splitter.ts'
import { failureLine, type Terminal } from '../terminal.ts'

/** Options of `produce`. */
export interface ProduceOptions extends ClusterOptions {
  readonly keySeparator?: string
  readonly key?: string
  readonly header?: readonly HeaderPair[]
  readonly partition?: number
  readonly json?: boolean
  readonly repartition?: boolean
  readonly nullValue?: string
  readonly delimiter?: string
  readonly acks?: ProducerOptions['acks']
  readonly compression?: NonNullable<ProducerOptions['compressionType']>
  readonly linger?: number
  readonly keepGoing?: boolean
  readonly quiet?: boolean
}

/** What records are read from: chunks of bytes. */
export type Input = AsyncIterable<Buffer> & { destroy?(): void; readonly isTTY?: boolean }

/** A place of records, with its name for sentences. */
interface Source {
  readonly name: string
  readonly open: () => Input
}

/** A new topic, or a broker that is about to come, may take so long, in ms. */
const maxBlockMs = 10_000

/** No broker takes such a record, and input without delimiters must not fill the memory. */
const lineBytesMax = 256 * 1024 * 1024

const newline = '\\n'
const fileChunkBytes = 256 * 1024

/** Sends what is read, record by record, until the input ends. */
export async function produce(
  topic: string,
  files: readonly string[],
  options: ProduceOptions,
  terminal: Terminal,
  stdin: () => Input = () => process.stdin,
): Promise<number> {
  const interruption = new Interruption()
  const sources = files.length > 0 ? files.map(fileSource) : [{ name: 'stdin', open: stdin }]
  const production = new Production(topic, options, terminal)
  try {
    await mustBeReachable(options)
    for (const source of sources) {
      if (!(await production.read(source, interruption.signal))) break
    }
  } finally {
    await production.end()
    interruption.dispose()
  }
  if (production.failed > 0) return exitCode.failure
  return interruption.exitCode
}

function fileSource(file: string): Source {
  const open = (): Input => createReadStream(file, { highWaterMark: fileChunkBytes })
  return { name: file, open }
}

/** One run of the command: a producer, and what has become of its records. */
class Production {
  readonly #options: ProduceOptions
  readonly #terminal: Terminal
  readonly #producer: Producer
  readonly #failures: DeliveryFailures
  readonly #counter: LiveCounter
  /** The record of a line, good until the next one; text: what is wrong with it. */
  readonly #record: (line: Buffer) => ProducerRecord | string
  /** Aborted when enough failed: the next line may be long in coming. */
  readonly #enough = new AbortController()

  constructor(topic: string, options: ProduceOptions, terminal: Terminal) {
    this.#options = options
    this.#terminal = terminal
    this.#failures = new DeliveryFailures((text) => terminal.err(failureLine(text, terminal)))
    this.#record = recordReader(topic, options)
    const { acks, compression, linger } = options
    this.#producer = new Producer({
      maxBlockMs,
      ...clientOptions('producer', options, terminal),
      ...(acks === undefined ? {} : { acks }),
      ...(compression === undefined ? {} : { compressionType: compression }),
      ...(linger === undefined ? {} : { lingerMs: linger }),
      onDelivery: (report) => {
        this.#failures.add(report)
        if (this.#isEnough) this.#enough.abort()
      },
    })
    // Who types the records sees them already.
    const isShown = options.quiet !== true && process.stdin.isTTY !== true
    this.#counter = new LiveCounter(isShown ? terminal.errStream : undefined)
  }

  /** Records that were not stored. */
  get failed(): number {
    return this.#failures.failed
  }

  /** Reads a source to its end; false: nothing more is to be read. */
  async read(source: Source, interruption: AbortSignal): Promise<boolean> {
    const signal = AbortSignal.any([interruption, this.#enough.signal])
    const splitter = new Splitter(unescaped(this.#options.delimiter ?? newline))
    const place = new Place(source.name)
    const input = source.open()
    const stop = (): void => input.destroy?.()
    signal.addEventListener('abort', stop)
    try {
      if (signal.aborted) return false
      for await (const chunk of input) {
        splitter.push(chunk)
        if (!(await this.#take(splitter, place)) || signal.aborted) return false
        if (splitter.restBytes > lineBytesMax) return this.#tooLong(place)
      }
    } catch (error) {
      // Ended by us; and a line that is cut off is no record.
      if (signal.aborted) return false
      throw new Error(`Cannot read ${source.name}: ${fileErrorReason(error)}.`)
    } finally {
      signal.removeEventListener('abort', stop)
      input.destroy?.()
    }
    if (signal.aborted) return false
    const rest = splitter.rest()
    return rest === undefined || (await this.#send(rest, place))
  }

  /** Sends everything that was accepted, waits for its outcome, and tells the sum of failures. */
  async end(): Promise<void> {
    // Each failure was told by its report, or else is one of ours.
    await this.#producer.close().catch((error: unknown) => {
      if (this.failed === 0) throw error
    })
    this.#counter.end()
    const { failed } = this
    if (failed === 0) return
    const isAcknowledged = this.#options.acks !== 0
    const stored = isAcknowledged ? `; ${counted(this.#failures.stored, 'was', 'were')}` : ''
    const text = `${counted(failed, 'record was', 'records were')} not stored${stored}`
    this.#terminal.err(failureLine(text, this.#terminal))
  }

  /** Sends the complete lines in hand; false: enough failed. */
  async #take(splitter: Splitter, place: Place): Promise<boolean> {
    for (let line = splitter.next(); line !== undefined; line = splitter.next()) {
      const sent = this.#offer(line, place)
      if (sent === 'wait' && !(await this.#send(line, place))) return false
      if (sent === 'failed' && this.#isEnough) return false
    }
    return !this.#isEnough
  }

  #tooLong(place: Place): false {
    place.line++
    const error = new Error(`it is longer than ${lineBytesMax} bytes; --delimiter parts records`)
    this.#failures.refused(place.toString(), error)
    return false
  }

  /** Sends one record, and waits for room if there is none. False: enough failed. */
  async #send(line: Buffer, place: Place): Promise<boolean> {
    while (this.#offer(line, place) === 'wait') {
      await this.#producer.ready()
      if (this.#isEnough) return false
    }
    return !this.#isEnough
  }

  get #isEnough(): boolean {
    return this.#failures.failed > 0 && this.#options.keepGoing !== true
  }

  /** The way of almost every record, without a promise. */
  #offer(line: Buffer, place: Place): 'taken' | 'wait' | 'failed' {
    const record = this.#record(line)
    try {
      if (typeof record === 'string') throw new Error(record)
      if (!this.#producer.enqueue(record)) return 'wait'
      place.line++
      this.#counter.add(1, line.length)
      return 'taken'
    } catch (error) {
      place.line++
      assert(error instanceof Error, 'what is thrown is an error')
      this.#failures.refused(place.toString(), error)
      return 'failed'
    }
  }
}

/** Where in the input we are: lines that are behind us. */
class Place {
  line = 0
  readonly #name: string

  constructor(name: string) {
    this.#name = name
  }

  /** The line that was taken last. */
  toString(): string {
    return `Line ${this.line} of ${this.#name}`
  }
}

/** A record that is filled anew for each line. */
interface Outgoing {
  readonly topic: string
  partition: number | undefined
  key: ProducerRecord['key']
  value: ProducerRecord['value']
  headers: readonly HeaderPair[]
  timestamp: number | undefined
}

/** How a line becomes a record; text: what is wrong with it. */
function recordReader(
  topic: string,
  options: ProduceOptions,
): (line: Buffer) => ProducerRecord | string {
  const { partition, header: headers = [], key = null } = options
  // One object for all: the producer keeps nothing of it, and a new one costs more than the rest.
  const outgoing: Outgoing = { topic, partition, key, value: null, headers, timestamp: undefined }
  // What is undefined is as good as absent, and keeps the object in one shape.
  const record = outgoing as ProducerRecord
  if (options.json === true) {
    const isOwn = partition === undefined && options.repartition !== true
    return (line) => {
      const read = parseJson(line)
      if (typeof read === 'string') return read
      outgoing.key = read.key
      outgoing.value = read.value
      outgoing.timestamp = read.timestamp
      outgoing.headers = headers.length === 0 ? read.headers : [...read.headers, ...headers]
      if (isOwn) outgoing.partition = read.partition
      return record
    }
  }
  const { keySeparator, nullValue } = options
  const form = {
    keySeparator: keySeparator === undefined ? undefined : unescaped(keySeparator),
    nullText: nullValue === undefined ? undefined : Buffer.from(nullValue),
  }
  return (line) => {
    const read = parseLine(line, form)
    outgoing.key = read.key ?? key
    outgoing.value = read.value
    return record
  }
}
