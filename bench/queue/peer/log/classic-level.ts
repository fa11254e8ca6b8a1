/** classic-level, values by a counting key of eight bytes. */
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

interface Put {
  readonly type: 'put'
  readonly key: Buffer
  readonly value: Buffer
}

interface Values {
  nextv(count: number): Promise<readonly Buffer[]>
  close(): Promise<void>
}

interface Database {
  open(): Promise<void>
  put(key: Buffer, value: Buffer, options: { readonly sync: boolean }): Promise<void>
  get(key: Buffer): Promise<Buffer>
  batch(puts: readonly Put[], options: { readonly sync: boolean }): Promise<void>
  values(): Values
  close(): Promise<void>
}

interface Package {
  readonly ClassicLevel: new (path: string, options: object) => Database
}

const task = await taskOf()
const { ClassicLevel } = createRequire(import.meta.url)(packageFolder()) as Package
const encodings = { keyEncoding: 'buffer', valueEncoding: 'buffer', compression: false }
const database = new ClassicLevel(task.folder, encodings)
await database.open()
const callers = callersOf(task.case)
const sync = waitsForDisk(task.case)
const value = Buffer.alloc(callers === undefined ? smallBytes : syncedBytes, 'x')
const rows = callers ?? recordsPerCall
let last = 0

function nextKey(): Buffer {
  const key = Buffer.allocUnsafe(8)
  key.writeDoubleBE(last++)
  return key
}

const append = async (): Promise<number> => {
  const puts: Put[] = []
  for (let i = 0; i < rows; i++) puts.push({ type: 'put', key: nextKey(), value })
  await database.batch(puts, { sync })
  return rows
}

if (task.case === 'read') {
  for (let i = 0; i < recordsRead; i += rows) await append()
  const read = async (): Promise<number> => {
    const values = database.values()
    let bytes = 0
    for (;;) {
      const some = await values.nextv(recordsPerCall)
      if (some.length === 0) break
      for (const one of some) bytes += one.length
    }
    await values.close()
    return bytes / smallBytes
  }
  answer(await rate(task.seconds, read))
} else if (isLive(task.case)) {
  const readBack = async (): Promise<number> => {
    const key = nextKey()
    const begin = performance.now()
    await database.put(key, value, { sync })
    await database.get(key)
    return performance.now() - begin
  }
  answer(await latencies(task.seconds, readBack))
} else {
  answer(await rate(task.seconds, append))
}
await database.close()
