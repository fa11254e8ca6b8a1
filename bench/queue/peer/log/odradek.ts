/** Our log. */
import { setImmediate } from 'node:timers/promises'
import { Log } from 'odradek'
import {
  callersOf,
  recordsPerCall,
  recordsRead,
  smallBytes,
  syncedBytes,
  waitsForDisk,
} from '../../task.ts'
import { BareDisk } from '../bare-disk.ts'
import { answer, latencies, latenciesInTurn, rate, rateOfCallers, taskOf } from '../measure.ts'

const task = await taskOf()
const callers = callersOf(task.case)
const durability = waitsForDisk(task.case) ? 'fsync' : 'os'
const log = await Log.open(task.folder, { durability })
const value = Buffer.alloc(callers === undefined ? smallBytes : syncedBytes, 'x')
const records = Array.from({ length: recordsPerCall }, () => ({ value }))

async function append(): Promise<number> {
  await log.append(records)
  return records.length
}

async function read(): Promise<number> {
  let bytes = 0
  for await (const record of log.read()) bytes += record.value?.length ?? 0
  if (bytes !== recordsRead * smallBytes) throw new Error(`${bytes} bytes were read`)
  return recordsRead
}

if (callers !== undefined) {
  answer(await rateOfCallers(task.seconds, callers, () => log.append({ value })))
} else if (task.case === 'unsynced') {
  answer(await rate(task.seconds, append))
} else if (task.case === 'read') {
  for (let i = 0; i < recordsRead; i += recordsPerCall) await append()
  answer(await rate(task.seconds, read))
} else {
  const reader = log.read({ live: true })
  const once = async (): Promise<number> => {
    const next = reader.next()
    // The reader waits by then.
    await setImmediate()
    const begin = performance.now()
    const appended = log.append({ value })
    await next
    const spent = performance.now() - begin
    await appended
    return spent
  }
  if (task.case === 'live-os') {
    answer(await latencies(task.seconds, once))
  } else {
    const disk = new BareDisk(task.folder)
    const flush = async (): Promise<number> => {
      // As long after what went before as the append is.
      await setImmediate()
      return disk.flush()
    }
    const figures = await latenciesInTurn(task.seconds, { once, flush })
    disk.close()
    answer({ ...figures.once, flushUs: figures.flush.latencyUs })
  }
  await reader.return()
}
await log.close()
