/** A broker of the test's own, with the two commands against it. */
import { Broker } from '../../../src/broker/index.ts'
import { type Input, type ProduceOptions, produce } from '../../../src/cli/command/produce.ts'
import { runCommandLine } from '../../../src/cli/program.ts'
import { capturedTerminal } from '../captured-terminal.ts'

/** What a command did. */
export interface Outcome {
  readonly code: number
  /** What it wrote as bytes. */
  readonly out: string
  readonly err: readonly string[]
}

export class RecordBroker {
  readonly #broker: Broker
  readonly server: string

  private constructor(broker: Broker) {
    this.#broker = broker
    this.server = broker.bootstrapServers
  }

  static async start(topics: Record<string, number>): Promise<RecordBroker> {
    return new RecordBroker(await Broker.start({ topics }))
  }

  /** Runs a command line. */
  async run(...args: string[]): Promise<Outcome> {
    const terminal = capturedTerminal()
    const code = await runCommandLine([...args, '-b', this.server], terminal)
    return { code, out: terminal.bytes().toString('latin1'), err: terminal.stderr }
  }

  /** What a topic holds, one record a line by this format. */
  async all(topic: string, format = '%s', ...args: string[]): Promise<string[]> {
    const options = ['-f', `${format}\\n`, '--from-beginning', '-e', ...args]
    const { code, out, err } = await this.run('consume', topic, ...options)
    if (code !== 0) throw new Error(err.join('\n'))
    return out.split('\n').slice(0, -1)
  }

  /** Produces what stdin gives. */
  async produce(
    topic: string,
    chunks: readonly (string | Buffer)[],
    options: ProduceOptions = {},
  ): Promise<Outcome> {
    const terminal = capturedTerminal()
    const stdin = () => inputOf(chunks)
    const all = { ...options, bootstrapServer: [this.server] }
    const code = await produce(topic, [], all, terminal, stdin)
    return { code, out: '', err: terminal.stderr }
  }

  stop(): Promise<void> {
    return this.#broker.stop()
  }
}

async function* inputOf(chunks: readonly (string | Buffer)[]): Input {
  for (const chunk of chunks) yield Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk, 'latin1')
}
