/** What an embedded log does by itself: retention, and compaction on a thread. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { Store } from '../../../dist/index.js'
import { eventually } from '../eventually.ts'

const folder = mkdtempSync(join(tmpdir(), 'odradek-upkeep-'))
afterAll(() => rmSync(folder, { recursive: true }))

const often = {
  'log.cleaner.backoff.ms': '50',
  'log.initial.task.delay.ms': '50',
  'log.retention.check.interval.ms': '50',
}
const value = Buffer.alloc(100_000, 'x')

test('a log keeps what its configs say, and the newest of each key', async () => {
  await using store = await Store.open(folder, { configs: often })
  const segments = { 'segment.bytes': '1048576' }
  const short = await store.log('short', {
    configs: { ...segments, 'retention.bytes': '2000000' },
  })
  const compacted = await store.log('compacted', {
    configs: { ...segments, 'cleanup.policy': 'compact', 'min.cleanable.dirty.ratio': '0.01' },
  })
  const all = await store.log('all', { configs: segments })
  for (let i = 0; i < 60; i++) {
    await short.append({ value })
    await compacted.append({ key: `key ${i % 3}`, value })
    await all.append({ value })
  }
  await eventually('retention has cut the log', () => short.startOffset() > 20)
  await eventually('the log is compacted', async () => {
    let records = 0
    for await (const record of compacted.read()) records += record.key === null ? 0 : 1
    return records < 25
  })
  const kept = new Map<string, number>()
  for await (const { key, offset } of compacted.read()) kept.set(String(key), offset)
  expect([...kept].toSorted()).toEqual([
    ['key 0', 57],
    ['key 1', 58],
    ['key 2', 59],
  ])
  expect([all.startOffset(), all.endOffset()]).toEqual([0, 60])
  expect(short.endOffset()).toBe(60)
})
