/** better-sqlite3, a table of values by their row's number. */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { callersOf, recordsPerCall, recordsRead, smallBytes, syncedBytes } from '../task.ts'
import { answer, packageFolder, rate, taskOf } from './measure.ts'

interface Statement {
  run(value: Buffer): void
  iterate(): Iterable<{ readonly value: Buffer }>
}

interface Database {
  pragma(text: string): void
  exec(text: string): void
  prepare(text: string): Statement
  transaction<T>(run: () => T): () => T
  close(): void
}

const task = await taskOf()
const DatabaseClass = createRequire(import.meta.url)(packageFolder()) as new (
  path: string,
) => Database
const database = new DatabaseClass(join(task.folder, 'log.db'))
const callers = callersOf(task.case)
database.pragma('journal_mode = WAL')
database.pragma(`synchronous = ${callers === undefined ? 'OFF' : 'FULL'}`)
database.exec('CREATE TABLE log (id INTEGER PRIMARY KEY, value BLOB)')
const insert = database.prepare('INSERT INTO log (value) VALUES (?)')
const value = Buffer.alloc(callers === undefined ? smallBytes : syncedBytes, 'x')
const rows = callers ?? recordsPerCall
const append = database.transaction(() => {
  for (let i = 0; i < rows; i++) insert.run(value)
  return rows
})

if (task.case === 'read') {
  for (let i = 0; i < recordsRead; i += rows) append()
  const select = database.prepare('SELECT value FROM log ORDER BY id')
  const read = (): number => {
    let bytes = 0
    for (const row of select.iterate()) bytes += row.value.length
    return bytes / smallBytes
  }
  answer(await rate(task.seconds, read))
} else {
  answer(await rate(task.seconds, append))
}
database.close()
