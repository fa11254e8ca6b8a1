import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { OutputParser } from './output-parser.ts'

/** A record as a consumer got it; the buffers are copies of nothing and live as long as they do. */
export interface ConsumedRecord {
  readonly partition: number
  readonly offset: number
  readonly key: Buffer
  readonly value: Buffer
}

/** Key and value are separated as in the corpus, and printed with their lengths in front. */
const inputArguments = ['-K', '\\x1f', '-D', '\\n']
const outputFormat = '%p %o %K %S\\n%k%s'

/** A kcat that produces what is written to it; librdkafka's defaults but for what is given. */
export class KcatProducer {
  readonly #child: ChildProcess
  readonly #exit: Promise<unknown[]>
  #errors = ''

  constructor(brokers: string, topic: string, extra: readonly string[]) {
    const args = ['-P', '-b', brokers, '-t', topic, ...inputArguments, ...extra]
    this.#child = spawn('kcat', args, { stdio: ['pipe', 'ignore', 'pipe'] })
    this.#exit = once(this.#child, 'exit')
    this.#child.stderr?.on('data', (chunk) => {
      this.#errors += chunk
    })
    // Where kcat ends early its exit code says so; the broken pipe adds nothing.
    this.#child.stdin?.on('error', () => {})
  }

  /** Hands over whole records; resolves when kcat has taken them from the pipe. */
  async write(records: Buffer): Promise<void> {
    const stdin = this.#child.stdin
    if (stdin === null) throw new Error('kcat has no input')
    const pieceBytes = 256 * 1024
    for (let at = 0; at < records.length; at += pieceBytes) {
      if (stdin.write(records.subarray(at, at + pieceBytes))) continue
      // Where kcat ends, the wait ends by its exit or by the broken pipe.
      await Promise.race([once(stdin, 'drain'), this.#exit]).catch(() => this.#exit)
      if (hasEnded(this.#child)) throw new Error(`kcat ended early: ${this.#errors}`)
    }
  }

  /**
   * Ends the input and waits until everything is acknowledged. Throws if kcat gave up on a record
   * or ended with an error.
   */
  async finish(): Promise<void> {
    this.#child.stdin?.end()
    const [code] = await this.#exit
    if (code !== 0 || /Delivery failed/i.test(this.#errors)) {
      throw new Error(`kcat ended with ${code}: ${this.#errors}`)
    }
  }

  /** Ends the process, whatever it does. */
  kill(): void {
    this.#child.kill('SIGKILL')
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

/**
 * Reads a topic from its beginning to its present end and hands over every record. `extra` are
 * further arguments of kcat.
 */
export async function consumeAll(
  brokers: string,
  topic: string,
  take: (record: ConsumedRecord) => void,
  extra: readonly string[] = [],
): Promise<void> {
  const args = ['-C', '-b', brokers, '-t', topic, '-o', 'beginning', '-e', '-q', ...extra]
  const child = spawn('kcat', [...args, '-f', outputFormat, '-X', 'check.crcs=true'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let errors = ''
  child.stderr.on('data', (chunk) => {
    errors += chunk
  })
  const exit = once(child, 'exit')
  const parser = new OutputParser(take)
  for await (const chunk of child.stdout) parser.push(chunk as Buffer)
  const [code] = await exit
  if (code !== 0 || !parser.empty) throw new Error(`kcat -C ended with ${code}: ${errors}`)
}
