/** A client's process: reads its task, measures the client, writes what it did. */
import { text } from 'node:stream/consumers'
import { type Answer, type Figures, recordsPerSend, type Task } from '../task.ts'
import { Meter } from './meter.ts'
import { measureEnqueueing, measureIdle, measureSending } from './sending.ts'

/** How a client sends; every call resolves when the broker has answered for all its records. */
export interface SendingClient {
  /** One record. */
  one(): Promise<unknown>
  /** `recordsPerSend` records with one call, or as near to one as the client has it. */
  many?(): Promise<unknown>
  /** See {@link measureEnqueueing}. */
  enqueueUntil?(endMs: number): Promise<number>
}

/** A client, as its documentation says that it is fastest. */
export interface ClientUnderTest {
  /** Connects a producer with acks=1; `inFlight` calls will be under way at a time. */
  produce?(task: Task, inFlight: number): Promise<SendingClient>
  /** Consumes the topic from its beginning in a new group, until the meter wants no more. */
  consume?(task: Task, meter: Meter): Promise<unknown>
}

/** Does the one task that stands in the process's input, and ends the process. */
export async function serveTask(client: ClientUnderTest): Promise<void> {
  const answer = await perform(client).then(
    (figures): Answer => ({ figures }),
    (error): Answer => ({ error: error instanceof Error ? String(error.stack) : String(error) }),
  )
  // What the client still has open ends with the process.
  process.stdout.write(`${JSON.stringify(answer)}\n`, () => process.exit(0))
}

async function perform(client: ClientUnderTest): Promise<Figures> {
  const task = JSON.parse(await text(process.stdin)) as Task
  if (task.case === 'one-by-one' || task.case === 'by-batch') {
    const meter = new Meter(task)
    const failed = client.consume?.(task, meter).then(() => meter.figures)
    return lacking(failed && Promise.race([failed, meter.figures]))
  }
  const inFlight = { 'sends-5': 5, 'singles-100': 100, 'singles-10000': 10_000 }
  const calls = inFlight[task.case as keyof typeof inFlight] ?? 1
  const producer = lacking(await client.produce?.(task, calls))
  await producer.one()
  if (task.case === 'idle') return measureIdle(task, () => producer.one())
  if (task.case === 'enqueue') return measureEnqueueing(task, lacking(producer.enqueueUntil))
  if (task.case.startsWith('singles')) return measureSending(task, calls, 1, () => producer.one())
  return measureSending(task, calls, recordsPerSend, lacking(producer.many))
}

function lacking<T>(found: T | undefined): T {
  if (found === undefined) throw new Error('the client has no such call')
  return found
}
