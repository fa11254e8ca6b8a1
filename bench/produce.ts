/**
 * What producing costs the broker: `npm run bench:produce -- --help`. Method: README.md.
 */

import { buildLoadGenerator } from '../src/bench/harness/build-load-generator.ts'
import { type LoadOptions, runLoad } from '../src/bench/harness/load-generator.ts'
import { type BenchCase, runInterleaved } from './harness/bench-run.ts'
import { parseOptions } from './harness/options.ts'
import { loadColumns, report } from './harness/report.ts'

const options = parseOptions()

/** 1,000 records of 1 KiB in a request. */
const batches: LoadOptions = { connections: 6, partitions: 6, records: 1000, 'record-bytes': 1024 }
/** One record of 100 bytes in a request. */
const small: LoadOptions = { connections: 64, partitions: 6, records: 1, 'record-bytes': 100 }
const single: LoadOptions = { ...small, connections: 1 }

/** Warm-up and measured part together stay below the limit at which writers have to wait. */
const warmUpBytes = 400_000_000
const measuredBytes = 2_400_000_000

/** A load with a warm-up of its own on the same topic, which is not measured. */
function produceCase(name: string, load: LoadOptions, warmUp: LoadOptions): BenchCase {
  return {
    name,
    async run(broker) {
      const base = { ...load, broker: broker.address, topic: name, create: true, acks: 1 } as const
      await runLoad('produce', { ...base, ...warmUp })
      const limits = { bytes: measuredBytes, duration: options.secondsMax, pid: broker.pid }
      return runLoad('produce', { ...base, ...limits })
    },
  }
}

const cases = [
  produceCase('batches', batches, { bytes: warmUpBytes, duration: 60 }),
  produceCase('small', small, { requests: 100_000, duration: 60 }),
  produceCase('single', single, { requests: 10_000, duration: 60 }),
]

await buildLoadGenerator()
report(options, await runInterleaved(options, cases, async () => {}), loadColumns)
