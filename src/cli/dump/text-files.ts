/** The small text files of a log directory. All are read leniently: what is odd becomes a fault. */
import { faultRow, type Row } from './row.ts'

/**
 * An offset checkpoint of the log directory:
 *
 *     0                     version
 *     2                     number of entries
 *     topic partition offset
 */
export function* offsetCheckpointRows(text: string): Generator<Row> {
  yield* checkpointRows(text, /^(\S+) (\d+) (-?\d+)$/, (match) => ({
    kind: 'offset',
    topic: match[1],
    partition: Number(match[2]),
    offset: Number(match[3]),
  }))
}

/** A `leader-epoch-checkpoint`: version, number of entries, then `epoch startOffset` lines. */
export function* leaderEpochRows(text: string): Generator<Row> {
  yield* checkpointRows(text, /^(\d+) (\d+)$/, (match) => ({
    kind: 'leader epoch',
    leaderEpoch: Number(match[1]),
    startOffset: Number(match[2]),
  }))
}

/** `meta.properties` (`name=value`) and `partition.metadata` (`name: value`). */
export function* propertyRows(text: string): Generator<Row> {
  let at = 0
  for (const line of text.split('\n')) {
    const match = /^([^=:\s]+)\s*[=:]\s*(.*?)\s*$/.exec(line)
    if (match !== null) yield { kind: 'property', name: match[1], value: match[2] }
    else if (line.trim() !== '' && !line.startsWith('#'))
      yield faultRow(at, `not a property: ${line}`)
    at += Buffer.byteLength(line) + 1
  }
}

/** Files that hold one JSON object: `quorum-state` and `.kafka_cleanshutdown`. */
export function* jsonRows(text: string): Generator<Row> {
  try {
    const value: unknown = JSON.parse(text)
    yield { kind: 'object', value }
  } catch {
    yield faultRow(0, 'not JSON')
  }
}

function* checkpointRows(
  text: string,
  entry: RegExp,
  rowOf: (match: RegExpExecArray) => Row,
): Generator<Row> {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  if (lines[0] !== '0') {
    yield faultRow(0, `version is "${lines[0] ?? ''}" where 0 is known`)
    return
  }
  const announced = Number(lines[1])
  let at = Buffer.byteLength(`${lines[0]}\n${lines[1] ?? ''}\n`)
  let found = 0
  for (const line of lines.slice(2)) {
    const match = entry.exec(line)
    if (match === null) yield faultRow(at, `not an entry: ${line}`)
    else {
      found++
      yield rowOf(match)
    }
    at += Buffer.byteLength(line) + 1
  }
  if (found !== announced) yield faultRow(at, `${found} entries where ${lines[1]} are announced`)
}
