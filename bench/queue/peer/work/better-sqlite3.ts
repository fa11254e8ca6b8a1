/**
 * better-sqlite3 as a queue, a table of messages: workers take a row each by marking it, and all
 * of them share a commit of what they finished. Marks are not waited for, as with ours.
 */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { messagesOfTurn, smallBytes, workersOf } from '../../task.ts'
import { answer, packageFolder, rateOfTurns, taskOf } from '../measure.ts'

interface Statement {
  run(...values: unknown[]): void
  all(...values: unknown[]): readonly { readonly id: number }[]
}

interface Database {
  pragma(text: string): void
  exec(text: string): void
  prepare(text: string): Statement
  transaction<A extends unknown[], T>(run: (...given: A) => T): (...given: A) => T
  close(): void
}

const task = await taskOf()
const DatabaseClass = createRequire(import.meta.url)(packageFolder()) as new (
  path: string,
) => Database
const workers = workersOf(task.case) ?? 1
const messages = messagesOfTurn(workers)
const database = new DatabaseClass(join(task.folder, 'queue.db'))
database.pragma('journal_mode = WAL')
database.exec(`CREATE TABLE queue (id INTEGER PRIMARY KEY, value BLOB,
  attempts INTEGER DEFAULT 0, lease REAL DEFAULT 0)`)
const insert = database.prepare('INSERT INTO queue (value) VALUES (?)')
const take = database.prepare(`UPDATE queue SET attempts = attempts + 1, lease = ?
  WHERE id IN (SELECT id FROM queue WHERE lease < ? ORDER BY id LIMIT ${workers})
  RETURNING id, value`)
const finish = database.prepare('DELETE FROM queue WHERE id = ?')
const value = Buffer.alloc(smallBytes, 'x')
const fill = database.transaction(() => {
  for (let i = 0; i < messages; i++) insert.run(value)
})
const finishAll = database.transaction((taken: readonly { readonly id: number }[]) => {
  for (const { id } of taken) finish.run(id)
})

function work(): number {
  for (let done = 0; ; ) {
    database.pragma('synchronous = NORMAL')
    const now = Date.now()
    const taken = take.all(now + 30_000, now)
    if (taken.length === 0) return done
    database.pragma('synchronous = FULL')
    finishAll(taken)
    done += taken.length
  }
}

answer(await rateOfTurns(task.seconds, fill, work))
database.close()
