// Starts and ends workers that read a log, one after the other, in every way, and says as JSON how
// they ended and what it has cost:
//   node --expose-gc cycles.mjs FOLDER CYCLES [leak]
// With `leak` it keeps a reader of its own for each: the control of what is measured.
import { readdirSync, readlinkSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { LogReader, Store } from 'odradek'

const [folder, cycles, leak] = process.argv.slice(2)
/** In each of which every reader waits. */
const partitions = 16
/** Of memory and threads that stay for good, before anything is measured. */
const warmUp = 12
/** A worker that is terminated before it has begun to run ends with 0. */
const codes = { close: [0], woken: [0], terminate: [1], early: [0, 1], exit: [3], throw: [1] }
const endings = Object.keys(codes)

const store = await Store.open(folder)
const log = await store.log('log', { partitions, durability: 'os' })
// More than a read takes at once.
for (let i = 0; i < 3; i++) await log.append({ partition: 0, value: Buffer.alloc(700_000) })
const shared = log.share()
const kept = []
const told = Object.fromEntries(endings.map((ending) => [ending, 0]))

async function cycle(ending) {
  const worker = new Worker(new URL('./reading-worker.mjs', import.meta.url), {
    workerData: { shared, ending: ending === 'early' ? 'terminate' : ending },
  })
  let error
  worker.on('error', (thrown) => (error = thrown))
  const exited = new Promise((resolve) => worker.once('exit', resolve))
  const waits = new Promise((resolve) => worker.once('message', resolve))
  if (ending === 'early') {
    // While it loads the package, or opens the reader.
    await sleep(Math.random() * 150)
    await worker.terminate()
  } else {
    await Promise.race([waits, exited])
    if (ending === 'woken') await log.append({ partition: 1, value: 'more' })
    if (ending === 'terminate') {
      const appending = log.append({ partition: 1, value: 'unawaited' })
      await sleep(Math.random() * 5)
      await worker.terminate()
      await appending
    }
  }
  const code = await exited
  const isThrown = error?.message === 'nobody catches this'
  if (!codes[ending].includes(code) || isThrown !== (ending === 'throw')) {
    throw new Error(`${ending} ended with ${code}: ${error?.stack}`)
  }
  told[ending] += 1
}

/** Opens what a worker opens, and lets go of nothing. */
async function leakOne() {
  const reader = await LogReader.open(shared)
  const records = reader.read({ partition: 0, live: true })
  await records.next()
  kept.push(reader, records)
  for (let partition = 1; partition < partitions; partition++) {
    const waiting = reader.read({ partition, live: true }).next()
    kept.push(waiting.catch(() => undefined))
  }
}

/** Node leaves open what a worker was loading when it was terminated. */
function isSource(descriptor) {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`).endsWith('.js')
  } catch {
    return false
  }
}

async function figures() {
  // What the dead leave to the background is done by then.
  await sleep(200)
  for (let i = 0; i < 3; i++) globalThis.gc()
  return {
    rssMiB: process.memoryUsage.rss() / 2 ** 20,
    threads: readdirSync('/proc/self/task').length,
    descriptors: readdirSync('/proc/self/fd').filter((name) => !isSource(name)).length,
  }
}

let before
for (let i = 0; i < warmUp + Number(cycles); i++) {
  if (i === warmUp) before = await figures()
  await cycle(endings[i % endings.length])
  if (leak === 'leak') await leakOne()
  // What only wakes somebody need not be read by all who come after.
  await log.trim(log.endOffset(1), 1)
}
const after = await figures()
console.log(JSON.stringify({ told, before, after }))
await store.close()
