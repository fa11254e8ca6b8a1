// The process whose power is cut; cuts.ts starts it ahead and sends what it is to do:
//   { directory, said, mode, next, keys }
// `said` is a file outside of the disk, which takes a line before or behind each step. `look`
// opens and tells what stands there, `load` goes on working from the number `next` on, until it is
// killed, `drain` works at what is left and closes. It runs the compiled package: a start is quick.
import { openSync, writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { Store } from '../../../dist/queue/index.js'

/** Short, so that messages with keys are deleted too. */
const dedupWindowMs = 1_500
/** Keys that are put again are younger than the window by that much. */
const slackMs = 500
const partitions = 3

const below = (bound) => Math.floor(Math.random() * bound)

/** The bytes of a record: its number, where in its batch it is, and some that follow from those. */
function bytesOf(number, index = 0, count = 1) {
  const bytes = Buffer.alloc(8 + ((number * 7919) % 1500), Math.imul(number, 2654435761) >>> 8)
  bytes.writeUInt32BE(number, 0)
  bytes.writeUInt16BE(index, 4)
  bytes.writeUInt16BE(count, 6)
  return bytes
}

/** Number, index and count of a record; null for bytes that nobody sent. */
function told(value) {
  if (value === null || value.length < 8) return null
  const [number, index, count] = [value.readUInt32BE(0), value.readUInt16BE(4)].concat(
    value.readUInt16BE(6),
  )
  return bytesOf(number, index, count).equals(value) ? [number, index, count] : null
}

process.once('message', (errand) => void live(errand))

async function live({ directory, said, mode, next, keys }) {
  const file = openSync(said, 'a')
  const say = (what, ...rest) => writeSync(file, `${JSON.stringify([what, ...rest])}\n`)
  const store = await Store.open(directory)
  const logs = [
    await store.log('records', { partitions, configs: { 'segment.bytes': '1048576' } }),
    await store.log('loose', { durability: 'os', configs: { 'segment.bytes': '1048576' } }),
  ]
  const bounds = { dedupWindowMs, maxAttempts: 100_000 }
  const inbox = await store.queue('in', { ...bounds, consumers: ['router', 'audit'] })
  const outbox = await store.queue('out', { consumers: ['nobody'] })
  const done = await store.queue('done', { consumers: ['nobody'] })
  const options = { durability: 'os', maxAttempts: 3, consumers: ['worker'] }
  const jobs = await store.queue('jobs', options)
  const names = ['records', 'loose', 'in', 'out', 'jobs', 'done', 'jobs.dead']
  for (const name of names) if (store.names().includes(name)) await tell(await store.log(name))
  process.send('open')
  if (mode === 'look') return setInterval(() => undefined, 1_000)
  work()
  if (mode === 'load') return load()
  const lags = () => [...inbox.statistics().consumers, ...jobs.statistics().consumers]
  while (lags().some(({ consumer, lag }) => consumer !== 'nobody' && lag > 0)) await sleep(5)
  for (const name of ['out', 'done', 'jobs.dead']) {
    if (store.names().includes(name)) await tell(await store.log(name))
  }
  await store.close()
  say('closed')
  process.exit(0)

  /** What stands in a log, or in that of a queue. */
  async function tell(log) {
    for (let partition = 0; partition < log.partitions; partition++) {
      const [start, end] = [log.startOffset(partition), log.endOffset(partition)]
      const records = []
      for await (const { offset, timestamp, value, headers } of log.read({ partition })) {
        if (offset !== start + records.length) say('fault', `${log.name} has a gap at ${offset}`)
        const note = (name) => headers.find(({ key }) => key === name)?.value?.toString()
        records.push([told(value), timestamp, note('odradek.key'), note('odradek.source')])
      }
      say('found', log.name, partition, start, end, records)
    }
  }

  function load() {
    for (const log of logs) for (let i = 0; i < 3; i++) void appendOn(log)
    for (const log of logs) void keepUp(log)
    for (let i = 0; i < 2; i++) void putOn()
    void putAgain()
  }

  async function appendOn(log) {
    for (;;) {
      const count = below(3) === 0 ? 1 + below(5) : 1
      const partition = below(log.partitions)
      const first = next
      next += count
      const records = Array.from({ length: count }, (_, i) => {
        return { value: bytesOf(first + i, i, count), partition }
      })
      const durability = below(4) === 0 ? ['os', 'fsync'][below(2)] : log.durability
      const offset = await log.append(count === 1 ? records[0] : records, { durability })
      say('appended', log.name, partition, offset, first, count, durability)
    }
  }

  /** Flushes, trims, and tells how far a reader can see. */
  async function keepUp(log) {
    for (;;) {
      await sleep(1 + below(20))
      const partition = below(log.partitions)
      const [start, end] = [log.startOffset(partition), log.endOffset(partition)]
      // Of a log that hands out what is on the disk alone.
      if (log.durability === 'fsync') say('durable', log.name, partition, end)
      if (below(3) === 0) {
        await log.flush()
        say('durable', log.name, partition, end)
      }
      if (below(4) > 0) continue
      const before = start + below(1 + Math.floor((end - start) / 2))
      say('trimming', log.name, partition, before)
      await log.trim(before, partition)
      say('trimmed', log.name, partition, before)
    }
  }

  async function putOn() {
    for (;;) {
      const number = next++
      const key = number % 3 === 0 ? { key: `k${number}` } : {}
      const delay = number % 7 === 0 ? { delayMs: below(10) } : {}
      const durability = below(4) === 0 ? 'os' : 'fsync'
      const put = await inbox.put({ value: bytesOf(number) }, { ...key, ...delay, durability })
      say('put', 'in', String(number), put.offset, durability, key.key, Date.now())
      if (number % 6 === 0) await isKnown(key.key, put.offset)
      const job = next++
      const { offset } = await jobs.put({ value: bytesOf(job) })
      say('put', 'jobs', String(job), offset, 'os')
    }
  }

  /** The keys of earlier lives are known in this one. */
  async function putAgain() {
    for (const { key, offset, atMs } of keys) {
      if (Date.now() < atMs + dedupWindowMs - slackMs) await isKnown(key, offset)
    }
  }

  async function isKnown(key, offset) {
    const again = await inbox.put({ value: bytesOf(0) }, { key })
    if (!again.isDuplicate || again.offset !== offset) {
      say('fault', `the key ${key} of ${offset} was put again at ${again.offset}`)
    }
  }

  function work() {
    void inbox.process({ consumer: 'router', concurrency: 4, retryDelayMs: 2 }, handOver)
    void inbox.process({ consumer: 'audit', concurrency: 2, retryDelayMs: 3 }, finish)
    void jobs.process({ consumer: 'worker', concurrency: 2, retryDelayMs: 1 }, note)
  }

  async function handOver(message) {
    const [number] = began(message)
    for (let i = 0; i < (number % 4 === 0 ? 2 : 1); i++) {
      const put = await outbox.put({ value: bytesOf(number, i, 2) }, { source: message })
      say('put', 'out', `${number}.${i}`, put.offset, 'fsync')
    }
    await end(message, number)
  }

  /** Made durably of what may be lost: another message may get its offset. */
  async function note(message) {
    const [number] = began(message)
    const put = await done.put({ value: bytesOf(number, 0, 2) }, { source: message })
    say('put', 'done', `${number}.0`, put.offset, 'fsync')
    await end(message, number)
  }

  async function finish(message) {
    const [number] = began(message)
    await end(message, number)
  }

  function began(message) {
    const { queue, consumer, offset, attempt, value } = message
    const found = told(value)
    if (found === null) say('fault', `${queue} hands out bytes at ${offset} that nobody sent`)
    say('took', queue, consumer, String(found?.[0]), offset, attempt)
    return found
  }

  async function end(message, number) {
    if (mode === 'load' && below(5) === 0) throw new Error('once more')
    // It stays in hands until the process ends.
    if (mode === 'load' && below(100) === 0) await new Promise(() => undefined)
    const { queue, consumer } = message
    say('acking', queue, consumer, String(number))
    await message.ack()
    say('acked', queue, consumer, String(number))
  }
}
