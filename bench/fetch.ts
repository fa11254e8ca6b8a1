/**
 * What fetching costs the broker: `npm run bench:fetch -- --help`. Method: README.md.
 */

import { buildLoadGenerator } from '../src/bench/harness/build-load-generator.ts'
import { runLoad } from '../src/bench/harness/load-generator.ts'
import { type BenchCase, runInterleaved } from './harness/bench-run.ts'
import { parseOptions } from './harness/options.ts'
import { loadColumns, report } from './harness/report.ts'

const options = parseOptions()
const topic = 'data'
const partitions = 6
const dataBytes = 2_000_000_000

/** Reads all partitions again and again, 1 MiB a request, one partition a connection. */
function fetchCase(name: string, connections: number): BenchCase {
  return {
    name,
    run(broker) {
      const load = { connections, partitions, session: true, discard: true } as const
      const time = { warmup: 1, duration: options.secondsMax, pid: broker.pid }
      return runLoad('fetch', { broker: broker.address, topic, ...load, ...time })
    },
  }
}

await buildLoadGenerator()
const cases = [fetchCase('one', 1), fetchCase('six', 6)]
const runs = await runInterleaved(options, cases, async (broker) => {
  const data = { connections: partitions, partitions, records: 1000, 'record-bytes': 1024 }
  const limit = { bytes: dataBytes, duration: 120 }
  await runLoad('produce', { broker: broker.address, topic, create: true, ...data, ...limit })
})
report(options, runs, loadColumns)
