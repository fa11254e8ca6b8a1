/** Stores in memory and on the disk, for tests of the embedded log. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { seededRandom } from '../../src/base/random.ts'
import { LogError, type LogErrorCode } from '../../src/queue/log-error.ts'
import type { LogRecords } from '../../src/queue/log-iterators.ts'
import type { LogRecord } from '../../src/queue/log-record.ts'
import type { StoreOptions } from '../../src/queue/options.ts'
import { Store } from '../../src/queue/store.ts'
import type { PartitionLog } from '../../src/storage/log-store.ts'
import { createMemoryLogStore, type MemoryLogStore } from '../../src/storage/memory-log-store.ts'

/** A store on a directory in memory. */
export interface MemoryStore {
  readonly store: Store
  readonly memory: MemoryLogStore
  /** A partition as the storage has it. */
  partition(name: string, index?: number): PartitionLog
}

const open = new Set<Store>()
const folders: string[] = []
let seed = 1

/** Opens a store in memory; `memory` is one of an earlier store's disk, or damaged. */
export async function memoryStore(
  memory: MemoryLogStore = createMemoryLogStore(),
  options: StoreOptions = {},
): Promise<MemoryStore> {
  const store = await Store.open(`/nonexistent/odradek-queue-${seed}`, {
    ...options,
    environment: {
      random: seededRandom(seed++),
      openStore: () => Promise.resolve(memory),
      ...options.environment,
    },
  })
  open.add(store)
  const partition = (name: string, index = 0): PartitionLog => {
    const found = memory.find(name, index)
    if (found === undefined) throw new Error(`${name}-${index} is not open`)
    return found
  }
  return { store, memory, partition }
}

/** A folder of the disk for one test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'odradek-queue-'))
  folders.push(folder)
  return folder
}

/** Closes and removes what the test made; for `afterEach`. */
export async function cleanUp(): Promise<void> {
  for (const store of open) await store.close().catch(() => undefined)
  open.clear()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
}

/** What a rejection with that code is, with a message that has these words. */
export const logError = (code: LogErrorCode, words = ''): object =>
  expect.objectContaining({ name: 'LogError', code, message: expect.stringContaining(words) })

/** All that is read. */
export async function all<T>(reader: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const one of reader) found.push(one)
  return found
}

/** All that is read, values as text. */
export async function valuesOf(reader: AsyncIterable<LogRecord>): Promise<(string | null)[]> {
  const values: (string | null)[] = []
  for await (const { value } of reader) values.push(value?.toString() ?? null)
  return values
}

/** First and last offset of each batch that is read. */
export async function batchesOf(reader: LogRecords): Promise<string[]> {
  const bounds: string[] = []
  for await (const { baseOffset, lastOffset } of reader.batches()) {
    bounds.push(`${baseOffset}-${lastOffset}`)
  }
  return bounds
}

/** What a promise has come to after a few turns of the event loop: 'waits', or what it became. */
export async function soon<T>(promise: Promise<T>): Promise<T | 'waits' | LogErrorCode> {
  const turns = async (): Promise<'waits'> => {
    for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve))
    return 'waits'
  }
  const outcome = promise.catch((error: unknown) => {
    if (error instanceof LogError) return error.code
    throw error
  })
  return Promise.race([outcome, turns()])
}
