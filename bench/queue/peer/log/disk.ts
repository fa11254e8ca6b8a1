/** One thread that writes and syncs, as fast as the disk lets it. */
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { answer, latencies, taskOf } from '../measure.ts'

/** A batch of one record of 1 KiB, and the header of its entry in the journal. */
const entryBytes = 1150
const fileBytes = 64 * 1024 * 1024

const { folder, seconds } = await taskOf()
const file = openSync(join(folder, 'disk'), 'w')
const mebibyte = Buffer.alloc(1 << 20, 1)
for (let at = 0; at < fileBytes; at += mebibyte.length) writeSync(file, mebibyte, 0, undefined, at)
fdatasyncSync(file)
const entry = Buffer.alloc(entryBytes, 2)
let at = 0
const figures = await latencies(seconds, () => {
  const begin = performance.now()
  writeSync(file, entry, 0, undefined, at)
  fdatasyncSync(file)
  at = (at + entryBytes) % (fileBytes - entryBytes)
  return performance.now() - begin
})
closeSync(file)
answer(figures)
