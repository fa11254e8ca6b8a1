/**
 * What the client's producer does a second, against a broker on this machine:
 * `node scripts/run-ts.mjs bench/client-produce.ts [--seconds 3] [--target odradek,kafka]`. It runs
 * the compiled client, as its users do: build first.
 */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Producer } from '../src/client/producer/producer.ts'
import type { ProducerOptions } from '../src/client/producer/producer-options.ts'
import { BrokerProcess } from '../test/conformance/broker-process.ts'
import { pageCache } from './harness/flush-mode.ts'
import { parseOptions } from './harness/options.ts'

const options = parseOptions({ settings: pageCache })
const dist = join(import.meta.dirname, '..', 'dist', 'client', 'producer', 'producer.js')
const { Producer: Client } = (await import(pathToFileURL(dist).href)) as {
  Producer: new (options: ProducerOptions<string, string | Uint8Array>) => Producer
}

const value = Buffer.alloc(100, 'v')

/** What one case gave. */
interface Figure {
  readonly recordsPerSecond: number
  readonly note: string
}

/** Calls `work` again and again for the measured time, after a third of it as a warm-up. */
async function perSecond(records: number, work: () => Promise<unknown>): Promise<number> {
  const forMs = options.secondsMax * 1_000
  for (const end = performance.now() + forMs / 3; performance.now() < end; ) await work()
  const start = performance.now()
  let rounds = 0
  for (; performance.now() - start < forMs; rounds++) await work()
  return (rounds * records * 1_000) / (performance.now() - start)
}

/** `inFlight` loops that each await one send after the other. */
async function singles(producer: Producer, inFlight: number): Promise<number> {
  const perLoop = Math.max(10, Math.ceil(20_000 / inFlight))
  const loop = async (): Promise<void> => {
    for (let i = 0; i < perLoop; i++) await producer.send({ topic: 'bench', value })
  }
  return perSecond(inFlight * perLoop, () =>
    Promise.all(Array.from({ length: inFlight }, () => loop())),
  )
}

/** Sends of 1,000, so many of them at a time. */
async function thousands(producer: Producer, inFlight: number): Promise<number> {
  const records = Array.from({ length: 1_000 }, () => ({ topic: 'bench', value }))
  return perSecond(1_000 * inFlight * 20, () =>
    Promise.all(
      Array.from({ length: inFlight }, async () => {
        for (let i = 0; i < 20; i++) await producer.send(records)
      }),
    ),
  )
}

async function enqueued(producer: Producer): Promise<number> {
  return perSecond(100_000, async () => {
    for (let i = 0; i < 100_000; i++) {
      while (!producer.enqueue({ topic: 'bench', value })) await producer.ready()
    }
    await producer.flush()
  })
}

/** Median of single sends that nothing else accompanies, in ms. */
async function idle(producer: Producer): Promise<string> {
  const times: number[] = []
  for (let i = 0; i < 3_000; i++) {
    const start = performance.now()
    await producer.send({ topic: 'bench', value })
    times.push(performance.now() - start)
  }
  times.sort((a, b) => a - b)
  const at = (part: number): string => (times[Math.floor(times.length * part)] ?? 0).toFixed(3)
  return `median ${at(0.5)} ms, p99 ${at(0.99)} ms`
}

const cases: Record<string, (producer: Producer) => Promise<Figure>> = {
  'sends of 1,000, 1 at a time': async (producer) => figure(await thousands(producer, 1)),
  'sends of 1,000, 5 at a time': async (producer) => figure(await thousands(producer, 5)),
  'single sends, 100 in flight': async (producer) => figure(await singles(producer, 100)),
  'single sends, 10,000 in flight': async (producer) => figure(await singles(producer, 10_000)),
  enqueue: async (producer) => figure(await enqueued(producer)),
  'idle send': async (producer) => ({ recordsPerSecond: 0, note: await idle(producer) }),
}

function figure(recordsPerSecond: number): Figure {
  return { recordsPerSecond, note: '' }
}

for (const target of options.targets) {
  const broker = await BrokerProcess.start({ target, settings: options.settings })
  try {
    for (const [name, run] of Object.entries(cases)) {
      if (options.cases.length > 0 && !options.cases.includes(name)) continue
      const acks = name === 'idle send' ? 'all' : 1
      const producer = new Client({
        bootstrapServers: [broker.address],
        acks,
      })
      await producer.send({ topic: 'bench', value })
      const cpu = process.cpuUsage()
      const start = performance.now()
      const { recordsPerSecond, note } = await run(producer)
      const used = process.cpuUsage(cpu)
      const share = (used.user + used.system) / 1_000 / (performance.now() - start)
      const what =
        note === '' ? `${Math.round(recordsPerSecond).toLocaleString('en')} records/s` : note
      const { requests, records } = producer.statistics()
      const fill = (records / requests).toFixed(0)
      console.log(
        `${target.name}  ${name.padEnd(32)} ${what}  (${fill} a request, ${share.toFixed(2)} CPU)`,
      )
      await producer.close()
    }
  } finally {
    await broker.dispose()
  }
}
