/**
 * The data directory of Apache Kafka 4.3.1 of test/fixtures/storage, unpacked, and what it holds.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A record as `manifest.json` has it; bytes are base64. */
export interface GoldenRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly timestamp: number
  readonly leaderEpoch: number
  readonly key: string | null
  readonly value?: string | null
  /** Of a large value. */
  readonly valueLength?: number
  readonly valueSha256?: string
  readonly headers: readonly (readonly [string, string | null])[]
  /** True where only a read-uncommitted reader sees it. */
  readonly aborted?: boolean
}

/** What a partition's log holds. */
export interface GoldenPartition {
  readonly topic: string
  readonly partition: number
  readonly logStartOffset: number
  readonly highWatermark: number
  readonly records: number
  readonly committedRecords: number
  readonly maxTimestampOffset: number
  readonly maxTimestamp: number
  readonly producers: readonly {
    readonly producerId: number
    readonly producerEpoch: number
    readonly lastSequence: number
    readonly coordinatorEpoch: number
  }[]
}

/** `manifest.json`, as far as tests read it. */
export interface GoldenManifest {
  readonly version: string
  readonly clusterId: string
  readonly nodeId: number
  readonly directoryId: string
  /** Ms since 1970. */
  readonly writtenAt: number
  readonly topics: readonly {
    readonly name: string
    readonly id: string
    readonly partitions: number
    readonly configs: Readonly<Record<string, string>>
  }[]
  readonly groups: readonly {
    readonly group: string
    readonly offsetsPartition: number
    readonly offsets: readonly {
      readonly topic: string
      readonly partition: number
      readonly offset: number
      readonly leaderEpoch: number
      readonly metadata: string
    }[]
  }[]
  readonly partitions: readonly GoldenPartition[]
  readonly segments: readonly {
    readonly topic: string
    readonly partition: number
    readonly baseOffset: number
    readonly logBytes: number
  }[]
  readonly files: readonly { readonly path: string; readonly size: number }[]
  readonly records: readonly GoldenRecord[]
}

const fixtures = join(import.meta.dirname, '../fixtures/storage')

/** What the directory holds. */
export function goldenManifest(): GoldenManifest {
  return JSON.parse(readFileSync(join(fixtures, 'manifest.json'), 'utf8')) as GoldenManifest
}

/** Unpacks a copy below `folder`; returns the data directory. */
export function unpackGoldenDirectory(folder: string): string {
  mkdirSync(folder, { recursive: true })
  execFileSync('tar', ['-xzf', join(fixtures, 'kafka-4.3.1-clean.tar.gz'), '-C', folder])
  return join(folder, 'data')
}
