/** classic-level, values by a counting key of eight bytes. */
import { createRequire } from 'node:module'
import { callersOf, recordsPerCall, recordsRead, smallBytes, syncedBytes } from '../task.ts'
import { answer, packageFolder, rate, taskOf } from './measure.ts'

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
const sync = callers !== undefined
const value = Buffer.alloc(sync ? syncedBytes : smallBytes, 'x')
const rows = callers ?? recordsPerCall
let last = 0
const append = async (): Promise<number> => {
  const puts: Put[] = []
  for (let i = 0; i < rows; i++) {
    const key = Buffer.allocUnsafe(8)
    key.writeDoubleBE(last++)
    puts.push({ type: 'put', key, value })
  }
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
} else {
  answer(await rate(task.seconds, append))
}
await database.close()
