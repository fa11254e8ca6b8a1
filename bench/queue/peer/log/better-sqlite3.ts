/** better-sqlite3, a table of values by their row's number. */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import {
  callersOf,
  isLive,
  recordsPerCall,
  recordsRead,
  smallBytes,
  syncedBytes,
  waitsForDisk,
} from '../../task.ts'
import { answer, latencies, packageFolder, rate, taskOf } from '../measure.ts'

interface Statement {
  run(value: Buffer): { readonly lastInsertRowid: number }
  get(id: number): { readonly value: Buffer }
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
database.pragma(`synchronous = ${waitsForDisk(task.case) ? 'FULL' : 'OFF'}`)
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
} else if (isLive(task.case)) {
  const select = database.prepare('SELECT value FROM log WHERE id = ?')
  const readBack = (): number => {
    const begin = performance.now()
    select.get(insert.run(value).lastInsertRowid)
    return performance.now() - begin
  }
  answer(await latencies(task.seconds, readBack))
} else {
  answer(await rate(task.seconds, append))
}
database.close()
