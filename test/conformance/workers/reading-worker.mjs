// A worker that loads the package, opens a reader on each partition of a shared log, reads what is
// there, waits for more, and ends as it is told to.
import { parentPort, workerData } from 'node:worker_threads'
import { LogReader } from 'odradek'

const { shared, ending } = workerData
const reader = await LogReader.open(shared)
const waiting = []
for (let partition = 0; partition < reader.partitions; partition++) {
  const from = reader.startOffset(partition)
  const records = reader.read({ partition, from, live: true })
  for (let expected = from; expected < reader.endOffset(partition); expected++) {
    const { value } = await records.next()
    if (value.offset !== expected) throw new Error(`${value.offset} came for ${expected}`)
  }
  waiting.push(records.next())
}
const ends = Promise.allSettled(waiting)
parentPort.postMessage('waits')

const endings = {
  close: () => reader.close(),
  // Ended by its owner, in the middle of reads of about a MiB.
  terminate: async () => {
    for (;;) for await (const _ of reader.read({ partition: 0 }).batches());
  },
  exit: () => {
    void reader.read({ partition: 0 }).next()
    process.exit(3)
  },
  throw: () => {
    void reader.read({ partition: 0 }).next()
    throw new Error('nobody catches this')
  },
  // What is appended wakes it, and nothing keeps it alive then.
  woken: async () => {
    const { value } = await waiting[1]
    if (value.value.toString() !== 'more') throw new Error(`${value.value} woke it`)
    await reader.close()
  },
}
await endings[ending]()
await ends
