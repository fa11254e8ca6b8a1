import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { fileKind } from './file-kind.ts'
import { abortedIndexRows, offsetIndexRows, timeIndexRows } from './index-files.ts'
import { producerSnapshotRows } from './producer-snapshot.ts'
import { faultRow, type Row } from './row.ts'
import { type ReadPiece, segmentRows } from './segment.ts'
import { jsonRows, leaderEpochRows, offsetCheckpointRows, propertyRows } from './text-files.ts'

/** An index or checkpoint is read whole; a real one has at most some ten MiB. */
const wholeBytesMax = 1 << 30

/**
 * Everything that a file of a log directory says, row by row; the first row names the file. Opens
 * it for reading only. Rejects when the system cannot read it.
 */
export async function* fileRows(path: string, records: boolean): AsyncGenerator<Row> {
  const what = fileKind(path)
  const descriptor = openSync(path, 'r')
  try {
    const stats = fstatSync(descriptor)
    if (stats.isDirectory()) {
      throw Object.assign(new Error(`${path} is a directory`), { code: 'EISDIR' })
    }
    const { size } = stats
    yield { kind: 'file', path, holds: what?.kind ?? 'unknown', bytes: size }
    if (what === undefined) {
      yield faultRow(0, 'the name is none of a log directory, so what it holds is not known')
      return
    }
    const read: ReadPiece = (position, length) => {
      const piece = Buffer.alloc(Math.max(0, Math.min(length, size - position)))
      return piece.subarray(0, readSync(descriptor, piece, 0, piece.length, position))
    }
    if (what.kind === 'segment') {
      yield* segmentRows(read, size, { records, meaning: what.meaning })
      return
    }
    if (size > wholeBytesMax) yield faultRow(wholeBytesMax, `${size} bytes are too many`)
    else yield* wholeFileRows(what, read(0, size))
  } finally {
    closeSync(descriptor)
  }
}

function wholeFileRows(
  what: Exclude<ReturnType<typeof fileKind>, undefined>,
  bytes: Buffer,
): Iterable<Row> {
  switch (what.kind) {
    case 'offset index':
      return offsetIndexRows(bytes, what.baseOffset)
    case 'time index':
      return timeIndexRows(bytes, what.baseOffset)
    case 'aborted transactions':
      return abortedIndexRows(bytes)
    case 'producer snapshot':
      return producerSnapshotRows(bytes)
    case 'offset checkpoint':
      return offsetCheckpointRows(bytes.toString())
    case 'leader epochs':
      return leaderEpochRows(bytes.toString())
    case 'properties':
      return propertyRows(bytes.toString())
    case 'json':
      return jsonRows(bytes.toString())
    case 'segment':
      return []
  }
}
