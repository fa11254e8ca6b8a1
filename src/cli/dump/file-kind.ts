import { basename, dirname } from 'node:path'
import type { RecordMeaning } from './record-meaning.ts'

/** What a file holds, by its name and its folder's. */
export type FileKind =
  | { readonly kind: 'segment'; readonly meaning: RecordMeaning }
  | { readonly kind: 'offset index' | 'time index'; readonly baseOffset: number }
  | { readonly kind: 'aborted transactions' }
  | { readonly kind: 'producer snapshot' }
  | { readonly kind: 'offset checkpoint' }
  | { readonly kind: 'leader epochs' }
  | { readonly kind: 'properties' }
  | { readonly kind: 'json' }

const offsetCheckpoints: ReadonlySet<string> = new Set([
  'recovery-point-offset-checkpoint',
  'log-start-offset-checkpoint',
  'replication-offset-checkpoint',
  'cleaner-offset-checkpoint',
])

/** Suffixes that mark a file as on its way in or out; what is in it stays the same. */
const passingSuffix = /\.(?:deleted|cleaned|swap|part|tmp)$/

/** Tells what a file is. Undefined: its name is none of a log directory's. */
export function fileKind(path: string): FileKind | undefined {
  const name = basename(path).replace(passingSuffix, '')
  const folder = basename(dirname(path))
  if (offsetCheckpoints.has(name)) return { kind: 'offset checkpoint' }
  if (name === 'leader-epoch-checkpoint') return { kind: 'leader epochs' }
  if (name === 'meta.properties' || name === 'partition.metadata') return { kind: 'properties' }
  if (name === 'quorum-state' || name === '.kafka_cleanshutdown') return { kind: 'json' }
  if (/^(?:\d{20}-\d{10}|bootstrap)\.checkpoint$/.test(name)) {
    return { kind: 'segment', meaning: 'metadata' }
  }
  const match = /^(\d{20})\.(log|index|timeindex|txnindex|snapshot)$/.exec(name)
  if (match === null) return undefined
  const baseOffset = Number(match[1])
  switch (match[2]) {
    case 'log':
      return { kind: 'segment', meaning: meaningOf(folder) }
    case 'index':
      return { kind: 'offset index', baseOffset }
    case 'timeindex':
      return { kind: 'time index', baseOffset }
    case 'txnindex':
      return { kind: 'aborted transactions' }
    default:
      return { kind: 'producer snapshot' }
  }
}

function meaningOf(folder: string): RecordMeaning {
  if (folder.startsWith('__cluster_metadata-')) return 'metadata'
  return folder.startsWith('__consumer_offsets-') ? 'group' : 'data'
}
