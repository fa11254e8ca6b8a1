// Collects garbage while things are under way that nobody refers to any more, but for promises:
//   node --expose-gc collected.mjs FOLDER ROUNDS
// Every promise has to be settled all the same. Ends by itself.
import { join } from 'node:path'
import { Log, LogReader, Store } from 'odradek'

const [folder, rounds] = process.argv.slice(2)
const collect = () => {
  for (let i = 0; i < 2; i++) globalThis.gc()
}

const log = await Log.open(join(folder, 'kept'), { durability: 'os' })
await log.append({ value: Buffer.alloc(1_000_000) })

/** A live read whose reader, iterator and cursor are gone; only its promise is left. */
async function waits(from) {
  const reader = await LogReader.open(log.share())
  return reader.read({ from, live: true }).next()
}

/** Reads, and waits, that nobody asks for the outcome of. */
async function forgets() {
  const reader = await LogReader.open(log.share())
  void reader.read().next()
  void reader.offsetAt(0)
  const records = reader.read({ from: log.endOffset(), live: true })
  records.next().catch(() => undefined)
  return reader
}

/** Appends and a flush under way in a store that nobody has any more. */
async function appends(round) {
  const store = await Store.open(join(folder, `store-${round}`))
  const own = await store.log('a')
  const appended = Array.from({ length: 20 }, (_, i) => own.append({ value: `${i}` }))
  return { done: Promise.all([...appended, own.flush()]), close: () => store.close() }
}

for (let round = 0; round < Number(rounds); round++) {
  // The array keeps a promise as it is, which an await would wait for.
  const waiting = [waits(log.endOffset())]
  const forgotten = new WeakRef(await forgets())
  const { done, close } = await appends(round)
  collect()
  await log.append({ value: 'more' })
  collect()
  const [{ value }] = await Promise.all(waiting)
  if (value.value.toString() !== 'more') throw new Error(`${value.value} came`)
  const offsets = await done
  if (offsets[19] !== 19) throw new Error(`the last of 20 is at ${offsets[19]}`)
  collect()
  await forgotten.deref()?.close()
  await close()
}
await log.close()
console.log('all is settled')
