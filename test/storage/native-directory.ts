import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type LogStore, type PartitionLog, StorageError } from '../../src/storage/log-store.ts'
import { openNativeLogStore } from '../../src/storage/native-log-store.ts'
import { batchOf, type StoreUnderTest } from './store-behaviour.ts'

/** A log directory on the real disk, in a temporary folder. */
export class NativeDirectoryUnderTest implements StoreUnderTest {
  readonly folder = mkdtempSync(join(tmpdir(), 'odradek-store-'))
  readonly #stores: LogStore[] = []
  #lives = 0

  /** The folder that the next open takes. */
  get path(): string {
    return join(this.folder, `data-${this.#lives}`)
  }

  async open(): Promise<LogStore> {
    const store = await openNativeLogStore(this.path)
    this.#stores.push(store)
    return store
  }

  /** The files as they stand at this moment are what a start after a killed process finds. */
  async crash(): Promise<void> {
    const before = this.path
    this.#lives += 1
    cpSync(before, this.path, { recursive: true })
  }

  /** Lets no file of this process grow, as a broken disk would, until one append has failed. */
  async breakDisk(_store: LogStore, log: PartitionLog): Promise<void> {
    const ignore = (): void => {}
    process.on('SIGXFSZ', ignore)
    limitFileSize('1')
    try {
      log.append(batchOf([1]))
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
    } finally {
      limitFileSize('unlimited')
      process.off('SIGXFSZ', ignore)
    }
  }

  async dispose(): Promise<void> {
    await Promise.allSettled(this.#stores.map((store) => store.close()))
    rmSync(this.folder, { recursive: true, force: true })
  }
}

function limitFileSize(bytes: string): void {
  execFileSync('prlimit', [`--pid=${process.pid}`, `--fsize=${bytes}:unlimited`])
}
