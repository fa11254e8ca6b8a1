/** A log directory that nobody uses: made by the native store, damaged by tests. */
import { createHash } from 'node:crypto'
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openNativeLogStore } from '../../src/storage/native-log-store.ts'
import { batchOf, commit, settings, topicId } from './store-behaviour.ts'

/** Of the directories that tests make. */
export const identity = { clusterId: 'cccc-ZyoQ_y_biQ5m6sOVA', nodeId: 1, directoryId: topicId }

/** One batch of {@link RestingDirectory} on the disk, in bytes. */
export const batchBytes = batchOf([1]).length

/** Batches of each partition, one record each. */
export const batchesEach = 30

/** Two partitions of three segments, ten batches each, in a folder of its own. */
export class RestingDirectory {
  readonly folder = mkdtempSync(join(tmpdir(), 'odradek-resting-'))
  readonly path = join(this.folder, 'data')

  /** Stopped cleanly, or as a killed process leaves it. */
  static async create(stop: 'clean' | 'unclean' = 'clean'): Promise<RestingDirectory> {
    const made = new RestingDirectory()
    const live = stop === 'clean' ? made.path : join(made.folder, 'live')
    const store = await openNativeLogStore(live)
    await store.format(identity)
    for (const partition of [0, 1]) {
      const config = settings({ segmentBytes: batchBytes * 10 })
      const log = await store.openPartition('orders', partition, topicId, config)
      for (let i = 0; i < batchesEach; i++) await commit(log, batchOf([1_700_000_000_000 + i]))
    }
    if (stop === 'unclean') {
      await calm(live)
      cpSync(live, made.path, { recursive: true })
    }
    await store.close()
    return made
  }

  /** Flips a bit of a file. */
  flip(file: string, at: number): void {
    const path = join(this.path, file)
    const bytes = readFileSync(path)
    bytes[at] = (bytes[at] ?? 0) ^ 1
    writeFileSync(path, bytes)
  }

  /** Every path with its size, time of writing and content. */
  tree(): readonly string[] {
    return treeOf(this.path)
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** The name of the segment of `orders-0` that begins at an offset. */
export function segmentAt(offset: number, suffix = '.log', partition = 0): string {
  return `orders-${partition}/${String(offset).padStart(20, '0')}${suffix}`
}

/** Every path below a folder with its size, time of writing and content. */
function treeOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => {
      const stats = statSync(join(folder, name))
      if (stats.isDirectory()) return `${name}/ ${stats.mtimeMs}`
      const bytes = readFileSync(join(folder, name))
      const hash = createHash('sha256').update(bytes).digest('hex')
      return `${name} ${stats.size} ${stats.mtimeMs} ${hash}`
    })
    .sort()
}

/** Waits until the helpers of an open directory write nothing more: a copy is of one moment. */
async function calm(folder: string): Promise<void> {
  for (let before = '', now = ' '; before !== now; ) {
    before = now
    await sleep(100)
    try {
      now = treeOf(folder).join('\n')
    } catch {
      before = 'a file came or went meanwhile'
    }
  }
}
