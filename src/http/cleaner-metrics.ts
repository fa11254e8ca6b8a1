/** Compaction, by the names of Kafka's log cleaner. */
import type { CleanerStatistics } from '../broker/index.ts'
import type { Family } from './exposition.ts'

const cleaner = 'kafka_log_logcleaner'
const manager = 'kafka_log_logcleanermanager'

/** Whole numbers, as Kafka has them. */
const gauges: readonly (readonly [
  name: string,
  help: string,
  read: (cleaner: CleanerStatistics) => number,
])[] = [
  [
    `${manager}_max_dirty_percent`,
    'How much of the dirtiest log could be compacted.',
    ({ maxDirtyRatio }) => 100 * maxDirtyRatio,
  ],
  [
    `${manager}_time_since_last_run_ms`,
    'Time since logs were looked at for compaction.',
    ({ sinceLastRunMs }) => sinceLastRunMs,
  ],
  [
    `${cleaner}_cleaner_recopy_percent`,
    'What the last compactions wrote of what they read.',
    ({ recopyRatio }) => 100 * recopyRatio,
  ],
  [
    `${cleaner}_max_clean_time_secs`,
    'Time of the longest of the last compactions.',
    ({ maxCleanMs }) => maxCleanMs / 1000,
  ],
  [
    `${cleaner}_max_compaction_delay_secs`,
    'By how much the most overdue log is overdue.',
    ({ maxCompactionDelayMs }) => maxCompactionDelayMs / 1000,
  ],
  [
    `${cleaner}_deadthreadcount`,
    'Threads of compaction that ended by a fault.',
    ({ deadThreads }) => deadThreads,
  ],
]

/** Nothing before compaction has begun. */
export function* cleanerFamilies(statistics: CleanerStatistics | undefined): Generator<Family> {
  if (statistics === undefined) return
  for (const [name, help, read] of gauges) {
    yield { name, type: 'gauge', help, samples: [{ value: Math.trunc(read(statistics)) }] }
  }
  const byDirectory = [
    ['partitions_count', 'Logs that are not compacted as they are damaged.', 'partitions'],
    ['bytes', 'What could be compacted in them when that was found.', 'bytes'],
  ] as const
  for (const [name, help, field] of byDirectory) {
    const samples = statistics.uncleanable.map((logs) => {
      return { labels: { logdirectory: logs.path }, value: logs[field] }
    })
    yield { name: `${manager}_uncleanable_${name}`, type: 'gauge', help, samples }
  }
}
