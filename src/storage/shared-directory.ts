/**
 * The part of a log directory that another thread of the process gets: the partitions that the
 * directory's owner has open, under the owner's settings. It opens and closes none of them.
 */
import type { NativeDirectory } from '../addon/binding.ts'
import { assert } from '../base/assert.ts'
import { uuidToBytes } from '../protocol/uuid.ts'
import type { PartitionLog } from './log-store.ts'
import { nativeStorage } from './native-binding.ts'
import { NativePartitionLog } from './native-log-store.ts'

/** One directory that a store of this process has open already. */
export class SharedDirectory {
  readonly #directory: NativeDirectory

  private constructor(directory: NativeDirectory) {
    this.#directory = directory
  }

  /** Takes a share in the directory; who has it open must keep it open until {@link close}. */
  static async open(path: string): Promise<SharedDirectory> {
    const intervals = { checkpointIntervalMs: 60_000, producerCheckIntervalMs: 600_000 }
    const files = { openFilesMax: 1, openFilesBurst: 2 }
    const untouched = { ...intervals, ...files, fileDeleteDelayMs: 60_000, helperThreads: 2 }
    const options = { path, ...untouched, clockOffsetMs: 0 }
    return new SharedDirectory(await nativeStorage().openDirectory(options))
  }

  /** The log of a partition, if it is open and of that topic. */
  find(topic: string, partition: number, topicId: string): PartitionLog | undefined {
    const id = new Uint8Array(16)
    assert(uuidToBytes(topicId, id), 'a topic id is a UUID')
    const native = this.#directory.find(topic, partition, id)
    if (native === undefined) return undefined
    const checkpoint = (): Promise<void> => this.#directory.checkpoint()
    return new NativePartitionLog(topic, partition, topicId, native, checkpoint)
  }

  /** Gives the share back. */
  close(): Promise<void> {
    return this.#directory.close(-1)
  }
}
