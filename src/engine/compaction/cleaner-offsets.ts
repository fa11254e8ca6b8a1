/**
 * How far each log was cleaned: `cleaner-offset-checkpoint` of each log directory, read when it is
 * first needed and written whenever it changes.
 */
import { assert } from '../../base/assert.ts'
import {
  type CleanerOffset,
  cleanerCheckpointFile,
  formatCleanerCheckpoint,
  parseCleanerCheckpoint,
} from '../../cleaner/cleaner-checkpoint.ts'
import type { LogStore, PartitionLog } from '../../storage/log-store.ts'
import type { Logger } from '../../telemetry/logger.ts'

type Offsets = Map<string, CleanerOffset>
type OneLog = Pick<PartitionLog, 'topic' | 'partition'>

/** See the head of this file. Calls on the Node thread; those on one directory take turns. */
export class CleanerOffsets {
  readonly #logger: Logger
  readonly #known = new Map<LogStore, Promise<Offsets>>()
  readonly #writing = new Map<LogStore, Promise<void>>()

  constructor(logger: Logger) {
    this.#logger = logger
  }

  /** The first dirty offset; undefined where the log was never cleaned. Rejects as the store. */
  async get(store: LogStore, log: OneLog): Promise<number | undefined> {
    return (await this.#of(store)).get(nameOf(log))?.offset
  }

  /** Resolves when it is durable. */
  async set(store: LogStore, { topic, partition }: OneLog, offset: number): Promise<void> {
    assert(offset >= 0, 'an offset is not negative')
    const offsets = await this.#of(store)
    offsets.set(nameOf({ topic, partition }), { topic, partition, offset })
    await this.#write(store, offsets)
  }

  /** A topic of that name that comes later begins anew. */
  async forget(stores: readonly LogStore[], topics: readonly string[]): Promise<void> {
    const gone = new Set(topics)
    for (const store of stores) {
      const offsets = await this.#of(store)
      const names = [...offsets].filter(([, { topic }]) => gone.has(topic)).map(([name]) => name)
      for (const name of names) offsets.delete(name)
      if (names.length > 0) await this.#write(store, offsets)
    }
  }

  #of(store: LogStore): Promise<Offsets> {
    const known = this.#known.get(store)
    if (known !== undefined) return known
    const read = this.#read(store)
    this.#known.set(store, read)
    // It may work the next time.
    read.catch(() => this.#known.delete(store))
    return read
  }

  /** A broken file counts as missing: what was cleaned is cleaned once more. */
  async #read(store: LogStore): Promise<Offsets> {
    const bytes = await store.readFile(cleanerCheckpointFile)
    if (bytes === undefined) return new Map()
    const entries = parseCleanerCheckpoint(Buffer.from(bytes).toString('utf8'))
    if (entries === undefined) {
      const what = `${cleanerCheckpointFile} of ${store.path} is damaged`
      this.#logger.warn(`${what}: its logs are compacted from their begin, and it is written anew.`)
    }
    // Entries of partitions that are not there would hold for others of their name.
    const present = (entries ?? []).filter((one) => store.find(one.topic, one.partition))
    return new Map(present.map((entry) => [nameOf(entry), entry]))
  }

  #write(store: LogStore, offsets: Offsets): Promise<void> {
    const before = this.#writing.get(store) ?? Promise.resolve()
    const written = before
      .catch(() => undefined)
      .then(() => {
        const text = formatCleanerCheckpoint([...offsets.values()])
        return store.writeFile(cleanerCheckpointFile, Buffer.from(text))
      })
    this.#writing.set(store, written)
    return written
  }
}

function nameOf({ topic, partition }: OneLog): string {
  return `${topic}-${partition}`
}
