/**
 * Transactions that a log directory of Apache Kafka's was left with. There is no transaction
 * coordinator here that could end them: their records would stay invisible to `read_committed`
 * readers for good, and hold back all that comes behind them. So such a directory is refused.
 *
 * A clean stop writes what is known of each producer into a snapshot at the log's end, which tells
 * before anything is opened, because opening alone changes the directory. After any other stop only
 * the recovered logs tell, before anybody is served.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { MetadataImage } from '../metadata/image.ts'
import {
  producerSnapshotVersion,
  readSnapshotEntry,
  readSnapshotHead,
} from '../protocol/producer-snapshot.ts'
import { Reader } from '../protocol/reader.ts'
import type { PartitionLog } from '../storage/log-store.ts'
import { StartError } from './start-error.ts'

/** Kafka's clean stop leaves it. */
const cleanMarker = '.kafka_cleanshutdown'

/** The coordinator's topic: where it never was, there never was a transaction. */
const coordinatorFolder = /^__transaction_state-\d+$/

const partitionFolder = /^.+-\d+$/

/** Folders that are looked into at once; each costs a descriptor. */
const foldersAtOnce = 32

/**
 * Refuses directories (absolute paths) that were stopped cleanly within a transaction. Changes
 * nothing. What cannot be read is left to whoever opens it.
 */
export async function refuseOpenTransactions(directories: readonly string[]): Promise<void> {
  const entries = await Promise.all(directories.map(namesIn))
  if (!entries.some((names) => names.some((name) => coordinatorFolder.test(name)))) return
  for (const [at, directory] of directories.entries()) {
    const names = entries[at] ?? []
    if (!names.includes(cleanMarker)) continue
    const folders = names.filter((name) => partitionFolder.test(name))
    for (let first = 0; first < folders.length; first += foldersAtOnce) {
      const some = folders.slice(first, first + foldersAtOnce)
      await Promise.all(some.map((folder) => refuseOpenIn(directory, folder)))
    }
  }
}

/** Refuses logs that hold a transaction without an end; `find` gives the open ones. */
export function refuseOpenLogs(
  image: MetadataImage,
  find: (topic: string, partition: number) => PartitionLog | undefined,
): void {
  for (const { name, partitions } of image.topicsByName.values()) {
    for (const { index } of partitions) {
      const log = find(name, index)
      const open = log?.lastStableOffset()
      if (log === undefined || open === undefined || open >= log.highWatermark()) continue
      throw refusal(`${name}-${index}`, open)
    }
  }
}

async function refuseOpenIn(directory: string, folder: string): Promise<void> {
  const snapshots = (await namesIn(join(directory, folder))).filter((name) =>
    /^\d{20}\.snapshot$/.test(name),
  )
  const newest = snapshots.sort().at(-1)
  if (newest === undefined) return
  const bytes = await readFile(join(directory, folder, newest)).catch(() => undefined)
  const open = bytes === undefined ? undefined : firstOpenOffset(bytes)
  if (open !== undefined) throw refusal(join(directory, folder), open)
}

/**
 * Where the first transaction begins that a producer snapshot has as open; undefined for none, and
 * for a snapshot that is broken.
 */
export function firstOpenOffset(snapshot: Uint8Array): number | undefined {
  const reader = new Reader(snapshot)
  const { version, count } = readSnapshotHead(reader)
  if (version !== producerSnapshotVersion) return undefined
  let first: number | undefined
  for (let left = count; left > 0 && reader.error === null; left--) {
    const { currentTransactionFirstOffset: offset } = readSnapshotEntry(reader)
    if (reader.error !== null || offset < 0) continue
    first = first === undefined ? offset : Math.min(first, offset)
  }
  return reader.error === null ? first : undefined
}

function refusal(where: string, offset: number): StartError {
  return new StartError(
    `${where} holds a transaction that begins at offset ${offset} and has no end, and ` +
      'transactions are not served here; start Apache Kafka on the directory, let it end there ' +
      '(kafka-transactions.sh, or its timeout), stop that cleanly and start again.',
  )
}

/** Names in a folder, none if it cannot be read. */
function namesIn(path: string): Promise<string[]> {
  return readdir(path).catch(() => [])
}
