/**
 * Kafka's `cleaner-offset-checkpoint` of a log directory: how far each partition was cleaned, as
 * the first dirty offset of its next cleaning. Text:
 *
 *     0                 version
 *     2                 number of entries
 *     orders 0 1200     topic, partition, offset
 *     orders 1 17
 */
import { assert } from '../base/assert.ts'

/** The file's name in a log directory. */
export const cleanerCheckpointFile = 'cleaner-offset-checkpoint'

/** One entry. */
export interface CleanerOffset {
  readonly topic: string
  readonly partition: number
  readonly offset: number
}

const entryPattern = /^(\S+) (\d{1,10}) (\d{1,16})$/

/** What the text says, the last entry of a partition; undefined where it is malformed. */
export function parseCleanerCheckpoint(text: string): readonly CleanerOffset[] | undefined {
  const [version, count, ...lines] = text.split('\n').map((line) => line.trimEnd())
  while (lines.at(-1) === '') lines.pop()
  if (version !== '0' || count !== String(lines.length)) return undefined
  const entries = new Map<string, CleanerOffset>()
  for (const line of lines) {
    const [, topic, partition, offset] = entryPattern.exec(line) ?? []
    if (topic === undefined) return undefined
    const entry = { topic, partition: Number(partition), offset: Number(offset) }
    if (!Number.isSafeInteger(entry.offset)) return undefined
    entries.set(`${topic}-${partition}`, entry)
  }
  return [...entries.values()]
}

/** The file's text, for any number of partitions. */
export function formatCleanerCheckpoint(entries: readonly CleanerOffset[]): string {
  for (const { offset } of entries) assert(Number.isSafeInteger(offset), 'offsets are exact')
  const lines = entries.map(({ topic, partition, offset }) => `${topic} ${partition} ${offset}\n`)
  return `0\n${entries.length}\n${lines.join('')}`
}
