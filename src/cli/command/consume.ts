import { assert } from '../../base/assert.ts'
import { Consumer, type ConsumerOptions, type ConsumerRecord } from '../../client/index.ts'
import { silence, withAdmin } from '../admin-client.ts'
import { type ClusterOptions, clientOptions } from '../client-options.ts'
import { exitCode } from '../exit-codes.ts'
import { Interruption } from '../interruption.ts'
import { LiveCounter } from '../live-counter.ts'
import { unescaped } from '../record-text/escapes.ts'
import { compileFormat, plainFormat, type RecordWriter } from '../record-text/format.ts'
import { writeJson } from '../record-text/json.ts'
import { OutputBuffer } from '../record-text/output-buffer.ts'
import { type OffsetOption, type StartingPoint, startingPoints } from '../start-offset.ts'
import type { Terminal } from '../terminal.ts'

/** Options of `consume`. */
export interface ConsumeOptions extends ClusterOptions {
  readonly fromBeginning?: boolean
  readonly partition?: readonly number[]
  readonly offset?: readonly OffsetOption[]
  readonly count?: number
  readonly exitAtEnd?: boolean
  readonly group?: string
  readonly format?: string
  readonly json?: boolean
  readonly keySeparator?: string
  readonly delimiter?: string
  readonly nullValue?: string
  readonly isolationLevel?: NonNullable<ConsumerOptions['isolationLevel']>
  readonly quiet?: boolean
}

const newline = '\\n'

/** Records that are printed together, at most. */
const recordsMax = 10_000

/** So often it is looked whether the end was reached while nothing comes, in ms. */
const lookMs = 100

/** Prints records as they come. */
export async function consume(
  topic: string,
  options: ConsumeOptions,
  terminal: Terminal,
): Promise<number> {
  const write = writerOf(options)
  const interruption = new Interruption()
  const consumer = new Consumer({
    maxPollRecords: recordsMax,
    allowAutoCreateTopics: false,
    ...clientOptions('consumer', options, terminal),
    ...resetOf(options),
    ...(options.group === undefined ? {} : { groupId: options.group }),
    ...(options.isolationLevel === undefined ? {} : { isolationLevel: options.isolationLevel }),
  })
  const consumption = new Consumption(topic, options, terminal, consumer, write)
  try {
    const isDone = await consumption.run(interruption.signal)
    return isDone || !consumption.isBounded ? exitCode.success : interruption.exitCode
  } catch (error) {
    // `consume | head` has seen enough, and that is nobody's failure.
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') return exitCode.success
    throw error
  } finally {
    consumption.end()
    await consumer.close()
    interruption.dispose()
  }
}

/** What is lost from under a reader is not jumped over together with what is still there. */
function resetOf({
  group,
  fromBeginning,
}: ConsumeOptions): Pick<ConsumerOptions, 'autoOffsetReset'> {
  return group === undefined || fromBeginning === true ? { autoOffsetReset: 'earliest' } : {}
}

function writerOf(options: ConsumeOptions): RecordWriter {
  if (options.json === true) return writeJson
  const { format, keySeparator, delimiter, nullValue } = options
  const nullText = Buffer.from(nullValue ?? '')
  if (format === undefined) {
    return plainFormat({
      keySeparator: keySeparator === undefined ? undefined : unescaped(keySeparator),
      delimiter: unescaped(delimiter ?? newline),
      nullText,
    })
  }
  const writer = compileFormat(format, nullText)
  if (typeof writer === 'string') throw new Error(`--format cannot be used: ${writer}.`)
  return writer
}

/** One run of the command. */
class Consumption {
  readonly #topic: string
  readonly #options: ConsumeOptions
  readonly #terminal: Terminal
  readonly #consumer: Consumer
  readonly #write: RecordWriter
  readonly #counter: LiveCounter
  readonly #output = new OutputBuffer()
  readonly #untilMs: number
  /** Where partitions end that are read to their end; those that are not there have been. */
  readonly #ends = new Map<number, number>()
  /** Partitions that are still read, where they are not the group's to know. */
  #open = new Set<number>()
  /** Behind the last record that was written, by partition. */
  readonly #written = new Map<number, number>()
  #left: number

  constructor(
    topic: string,
    options: ConsumeOptions,
    terminal: Terminal,
    consumer: Consumer,
    write: RecordWriter,
  ) {
    this.#topic = topic
    this.#options = options
    this.#terminal = terminal
    this.#consumer = consumer
    this.#write = write
    const until = options.offset?.find((one) => one.kind === 'until-time')
    this.#untilMs = until?.kind === 'until-time' ? until.timestamp : Number.POSITIVE_INFINITY
    this.#left = options.count ?? Number.POSITIVE_INFINITY
    // Records on the same terminal would be torn apart.
    const isShown = options.quiet !== true && terminal.outStream === undefined
    this.#counter = new LiveCounter(isShown ? terminal.errStream : undefined)
  }

  /** Whether there is an end that the command waits for. */
  get isBounded(): boolean {
    const { count, exitAtEnd } = this.#options
    return count !== undefined || exitAtEnd === true || Number.isFinite(this.#untilMs)
  }

  /** Reads until there is nothing more to read, or the signal; false: it was the signal. */
  async run(signal: AbortSignal): Promise<boolean> {
    const partitions = await this.#partitions()
    if (this.#options.group === undefined) await this.#assign(partitions)
    else await this.#consumer.subscribe([this.#topic])
    const timeout = this.#isEndWatched ? { timeoutMs: lookMs } : {}
    while (!this.#isDone()) {
      const records = await this.#poll({ signal, ...timeout })
      if (records === undefined) break
      for (const record of records) {
        if (this.#left > 0 && this.#isWanted(record)) this.#take(record)
      }
      if (!(await this.#writeOut(signal))) return false
      this.#closeAtEnds()
    }
    await this.#commit()
    return !signal.aborted
  }

  /** Writes what was taken; false: the signal came first, as nobody reads at the other end. */
  async #writeOut(signal: AbortSignal): Promise<boolean> {
    if (this.#output.length === 0) return true
    let stop = (): void => {}
    const stopped = new Promise<boolean>((resolve) => {
      stop = () => resolve(false)
    })
    signal.addEventListener('abort', stop)
    const written = this.#terminal.write(this.#output.take()).then(() => true)
    const isWritten = await Promise.race([written, stopped])
    signal.removeEventListener('abort', stop)
    return isWritten
  }

  /** Ends what is shown. */
  end(): void {
    this.#counter.end()
  }

  /** Undefined: the signal came. */
  async #poll(
    options: Parameters<Consumer['poll']>[0] & { readonly signal: AbortSignal },
  ): Promise<readonly ConsumerRecord[] | undefined> {
    try {
      return await this.#consumer.poll(options)
    } catch (error) {
      if (options.signal.aborted) return undefined
      throw error
    }
  }

  get #isEndWatched(): boolean {
    return this.#options.exitAtEnd === true || this.#ends.size > 0
  }

  #take(record: ConsumerRecord): void {
    const before = this.#output.length
    this.#write(record, this.#output)
    this.#counter.add(1, this.#output.length - before)
    this.#written.set(record.partition, record.offset + 1)
    this.#left--
    assert(this.#left >= 0, 'no more than was asked for')
  }

  /** Whether a record lies before the ends that were set. */
  #isWanted({ partition, offset, timestamp }: ConsumerRecord): boolean {
    if (this.#options.group !== undefined) return true
    if (!this.#open.has(partition)) return false
    const isBehind = offset >= (this.#ends.get(partition) ?? Number.POSITIVE_INFINITY)
    if (!isBehind && timestamp < this.#untilMs) return true
    this.#close(partition)
    return false
  }

  #close(partition: number): void {
    this.#open.delete(partition)
    this.#consumer.pause([{ topic: this.#topic, partition }])
  }

  /** Behind its last record a partition may hold markers of transactions: positions tell. */
  #closeAtEnds(): void {
    if (this.#ends.size === 0) return
    for (const { partition, position } of this.#consumer.statistics().partitions) {
      const end = this.#ends.get(partition)
      const isReached = end !== undefined && position !== null && position >= end
      if (isReached && this.#open.has(partition)) this.#close(partition)
    }
  }

  #isDone(): boolean {
    if (this.#left === 0) return true
    if (this.#options.group === undefined) return this.#open.size === 0
    if (this.#options.exitAtEnd !== true) return false
    const { assignment } = this.#consumer
    return assignment.length > 0 && assignment.every((one) => this.#consumer.lag(one) === 0)
  }

  /** A record counts as processed when it is written. */
  async #commit(): Promise<void> {
    if (this.#options.group === undefined || this.#written.size === 0) return
    const own = new Set(this.#consumer.assignment.map(({ partition }) => partition))
    const written = [...this.#written].filter(([partition]) => own.has(partition))
    const topic = this.#topic
    await this.#consumer.commit(
      written.map(([partition, offset]) => ({ topic, partition, offset })),
    )
  }

  async #assign(partitions: readonly number[]): Promise<void> {
    const { offset = [], fromBeginning, exitAtEnd } = this.#options
    const asked = offset.find((one) => one.kind !== 'until-time')
    const start = asked ?? { kind: fromBeginning === true ? 'beginning' : 'end' }
    const points = await startingPoints(this.#consumer, this.#topic, partitions, start)
    assert(points.length === partitions.length, 'each partition has a beginning')
    this.#consumer.assign(points.map(({ partition }) => ({ topic: this.#topic, partition })))
    // Whatever is appended from now on is later than that.
    const hasEnd = exitAtEnd === true || this.#untilMs <= Date.now()
    for (const point of points) this.#begin(point, hasEnd)
  }

  #begin({ partition, offset, endOffset, goneUpTo }: StartingPoint, hasEnd: boolean): void {
    if (goneUpTo !== undefined) {
      const what = `${this.#topic}-${partition} begins at offset ${goneUpTo} by now`
      this.#terminal.err(`odradek: ${what}; what was before is gone.`)
    }
    this.#consumer.seek({ topic: this.#topic, partition }, offset)
    this.#open.add(partition)
    if (!hasEnd) return
    this.#ends.set(partition, endOffset)
    if (offset >= endOffset) this.#close(partition)
  }

  /** Those that were asked for, or all that the topic has; a topic that is not there is told. */
  async #partitions(): Promise<number[]> {
    const [description] = await withAdmin(this.#options, silence, (admin) =>
      admin.describeTopics([this.#topic]),
    )
    const all = (description?.partitions ?? []).map(({ partition }) => partition)
    const { partition: asked } = this.#options
    const missing = asked?.find((one) => !all.includes(one))
    if (missing !== undefined) {
      throw new Error(`Topic ${this.#topic} has no partition ${missing}; it has ${all.length}.`)
    }
    return asked === undefined ? all : [...new Set(asked)]
  }
}
