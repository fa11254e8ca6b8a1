/** lmdb, values by a counting key. */
import { createRequire } from 'node:module'
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

interface Database {
  put(key: number, value: Buffer): unknown
  putSync(key: number, value: Buffer): void
  get(key: number): Buffer
  transactionSync(run: () => void): void
  getRange(): Iterable<{ readonly value: Buffer }>
  close(): Promise<void>
}

interface Lmdb {
  open(options: object): Database
}

const task = await taskOf()
const { open } = createRequire(import.meta.url)(packageFolder()) as Lmdb
const callers = callersOf(task.case)
const database = open({
  path: task.folder,
  keyEncoding: 'uint32',
  encoding: 'binary',
  noSync: !waitsForDisk(task.case),
  // A commit that has returned is on the disk.
  overlappingSync: false,
})
const value = Buffer.alloc(callers === undefined ? smallBytes : syncedBytes, 'x')
const rows = callers ?? recordsPerCall
let key = 0
const append = (): number => {
  database.transactionSync(() => {
    for (let i = 0; i < rows; i++) database.put(key++, value)
  })
  return rows
}

if (task.case === 'read') {
  for (let i = 0; i < recordsRead; i += rows) append()
  const read = (): number => {
    let bytes = 0
    for (const entry of database.getRange()) bytes += entry.value.length
    return bytes / smallBytes
  }
  answer(await rate(task.seconds, read))
} else if (isLive(task.case)) {
  const readBack = (): number => {
    const begin = performance.now()
    database.putSync(++key, value)
    database.get(key)
    return performance.now() - begin
  }
  answer(await latencies(task.seconds, readBack))
} else {
  answer(await rate(task.seconds, append))
}
await database.close()
