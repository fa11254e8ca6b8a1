import { expect, test } from 'vitest'
import { cleanerFamilies } from '../../src/http/cleaner-metrics.ts'

const statistics = {
  cleanings: 3,
  bytesRead: 5000,
  bytesWritten: 2900,
  recordsRead: 30,
  recordsKept: 12,
  uncleanable: [
    { path: '/a', partitions: 0, bytes: 0 },
    { path: '/b', partitions: 2, bytes: 4711 },
  ],
  maxDirtyRatio: 0.678,
  recopyRatio: 0.5,
  maxCleanMs: 2999,
  maxCompactionDelayMs: 61_000,
  sinceLastRunMs: 14_000.7,
  deadThreads: 1,
}

test('has the names of Kafka and its whole numbers', () => {
  const families = [...cleanerFamilies(statistics)]
  const values = families.map(({ name, samples }) => [
    name.replace('kafka_log_', ''),
    [...samples].map(({ value }) => value),
  ])
  expect(Object.fromEntries(values)).toEqual({
    logcleanermanager_max_dirty_percent: [67],
    logcleanermanager_time_since_last_run_ms: [14_000],
    logcleaner_cleaner_recopy_percent: [50],
    logcleaner_max_clean_time_secs: [2],
    logcleaner_max_compaction_delay_secs: [61],
    logcleaner_deadthreadcount: [1],
    logcleanermanager_uncleanable_partitions_count: [0, 2],
    logcleanermanager_uncleanable_bytes: [0, 4711],
  })
  expect(families.every(({ type, help }) => type === 'gauge' && help.endsWith('.'))).toBe(true)
  expect([...(families.at(-1)?.samples ?? [])].map(({ labels }) => labels)).toEqual([
    { logdirectory: '/a' },
    { logdirectory: '/b' },
  ])
})

test('says nothing as long as there is no cleaner', () => {
  expect([...cleanerFamilies(undefined)]).toEqual([])
})
