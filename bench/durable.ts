/**
 * What it costs that an answer means "on the disk": `npm run bench:durable -- --help`. Method:
 * README.md.
 */

import { buildLoadGenerator } from '../src/bench/harness/build-load-generator.ts'
import { flushEach } from '../src/bench/harness/flush-mode.ts'
import { runLoad } from '../src/bench/harness/load-generator.ts'
import { type BenchCase, runInterleaved } from './harness/bench-run.ts'
import { diskCase, withDiskShares } from './harness/disk-share.ts'
import { parseOptions } from './harness/options.ts'
import { durableColumns, report } from './harness/report.ts'

const options = parseOptions({ without: ['durable'], settings: flushEach })
const warmUpSeconds = 1
const recordBytes = 1024
/** A batch of one such record and the header of its entry in the journal. */
const entryBytes = 1150

/** One thread that writes and syncs as fast as the disk lets it, while the broker is idle. */
const disk: BenchCase = {
  name: diskCase,
  run(broker) {
    const time = { warmup: warmUpSeconds, duration: options.secondsMax }
    return runLoad('disk', { path: broker.folder, 'write-bytes': entryBytes, ...time })
  },
}

/** One record a request and one request a connection, to the partitions in turn. */
function durableCase(connections: number, partitions: number): BenchCase {
  return {
    name: `${connections}x${partitions}`,
    run(broker) {
      const topic = { topic: `of-${partitions}`, partitions, create: true, rotate: true } as const
      const load = { connections, records: 1, 'record-bytes': recordBytes, acks: -1 }
      const time = { warmup: warmUpSeconds, duration: options.secondsMax, pid: broker.pid }
      return runLoad('produce', { broker: broker.address, ...topic, ...load, ...time })
    },
  }
}

const cases = [1, 8, 64].flatMap((connections) =>
  [1, 6, 64, 1000].map((partitions) => durableCase(connections, partitions)),
)

await buildLoadGenerator()
// Without the disk there is nothing to compare with.
const named = options.cases.length === 0 ? [] : [diskCase, ...options.cases]
const runs = await runInterleaved({ ...options, cases: named }, [disk, ...cases], async () => {})
report(options, runs.map(withDiskShares), durableColumns)
