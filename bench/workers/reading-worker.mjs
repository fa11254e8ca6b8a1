// A worker of bench/workers.ts: reads a shared log from first to last again and again (`read`), or
// on (`live`), or only keeps a core busy (`compute`), and counts in shared memory; of each live
// record it notes how old it is, in ns.
import { workerData } from 'node:worker_threads'
import { LogReader } from 'odradek'

const { shared, task, count, ages } = workerData
const read = new BigInt64Array(count)
const latencies = new BigInt64Array(ages)

const reader = await LogReader.open(shared)
const live = reader.read({ from: reader.endOffset(), live: true })
Atomics.store(read, 1, 1n)
while (task === 'compute') Atomics.add(read, 0, 1n)
if (task === 'read') {
  for (;;) {
    let bytes = 0n
    let records = 0n
    for await (const { value } of reader.read()) {
      bytes += BigInt(value.length)
      records++
    }
    Atomics.add(read, 0, records)
    if (bytes !== records * 100n) throw new Error(`${bytes} bytes in ${records} records`)
  }
}
for await (const { value } of live) {
  const at = Number(Atomics.add(read, 0, 1n))
  const age = process.hrtime.bigint() - value.readBigInt64LE(0)
  if (at < latencies.length) latencies[at] = age
}
