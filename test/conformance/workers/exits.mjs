// Ends with work in flight, here or in a worker: node exits.mjs FOLDER WHERE WHAT HOW
//   WHERE main, worker    who ends the process, or its thread
//   WHAT  append, flush, live, read, close
//   HOW   exit (with 5), throw, terminate (of the worker)
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { Log, LogReader } from 'odradek'

const [folder, where, what, how] = isMainThread ? process.argv.slice(2) : workerData.args
const value = Buffer.alloc(10_000)

/** Work that is never over. */
const work = {
  async append(log) {
    for (;;) await Promise.all(Array.from({ length: 50 }, () => log.append({ value })))
  },
  async flush(log) {
    for (;;) await Promise.all([log.append({ value }), log.flush()])
  },
  async live(log, reader) {
    if (log !== undefined) void work.append(log)
    for await (const _ of reader.read({ live: true }));
  },
  async read(_, reader) {
    for (;;) for await (const _ of reader.read().batches());
  },
  async close(log, reader) {
    work.read(undefined, reader).catch(() => undefined)
    await log?.close()
    await reader.close()
  },
}

function end() {
  if (how === 'throw') throw new Error('nobody catches this')
  process.exit(5)
}

if (isMainThread) {
  const log = await Log.open(folder)
  for (let i = 0; i < 300; i++) void log.append({ value })
  await log.flush()
  const reader = await LogReader.open(log.share())
  const args = [folder, where, what, how]
  const worker = new Worker(new URL(import.meta.url), { workerData: { args, shared: log.share() } })
  worker.on('error', () => undefined)
  const exited = new Promise((resolve) => worker.once('exit', resolve))
  await new Promise((resolve) => worker.once('message', resolve))
  void work[where === 'main' ? what : 'append'](log, reader)
  if (where === 'main') {
    setTimeout(end, Math.random() * 20)
  } else {
    if (how === 'terminate') setTimeout(() => worker.terminate(), Math.random() * 20)
    // The thread's end leaves the process as it was, which ends with that code.
    const code = await exited
    const offset = await log.append({ value })
    if (!(offset > 0)) throw new Error(`appended at ${offset}`)
    process.exit(code)
  }
} else {
  const reader = await LogReader.open(workerData.shared)
  void work[where === 'worker' ? what : 'read'](undefined, reader)
  parentPort.postMessage('works')
  if (where === 'worker' && how !== 'terminate') setTimeout(end, Math.random() * 20)
}
