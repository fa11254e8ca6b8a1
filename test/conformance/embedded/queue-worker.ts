/**
 * The process that is killed: puts numbers into a queue, makes one message of another queue of
 * each, and says what was done on stdout, a line each, at once. Arguments: the directory, the first
 * number, and `drain` to end when nothing is left, without putting.
 */
import { writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { Store } from '../../../src/queue/index.ts'

const [directory = '', first = '0', mode] = process.argv.slice(2)
const isDraining = mode === 'drain'

function say(what: string, value: string | number): void {
  writeSync(1, `${what} ${value}\n`)
}

const store = await Store.open(directory)
const inbox = await store.queue('in', { maxAttempts: 1_000, consumers: ['router'] })
const outbox = await store.queue('out', { consumers: ['nobody'] })
say('open', first)

let next = Number(first)

async function putOn(): Promise<void> {
  for (;;) {
    const number = next++
    // Every third is put twice, with a key.
    const key = number % 3 === 0 ? { key: `k${number}` } : {}
    await inbox.put({ value: String(number) }, number % 7 === 0 ? { ...key, delayMs: 5 } : key)
    say('put', number)
    if (number % 3 === 0) await inbox.put({ value: String(number) }, key)
  }
}

if (!isDraining) for (let i = 0; i < 4; i++) void putOn()
const stop = new AbortController()
const options = { consumer: 'router', concurrency: 8, signal: stop.signal, retryDelayMs: 2 }
const working = inbox.process(options, async (message) => {
  const value = String(message.value)
  say('took', value)
  await outbox.put({ value }, { source: message })
  say('made', value)
  if (message.offset % 5 === 0 && message.attempt === 1) throw new Error('once more')
  await message.ack()
  say('finished', value)
})
if (isDraining) {
  const left = (): number => inbox.statistics().consumers[0]?.lag ?? 0
  while (left() > 0) await sleep(10)
  stop.abort()
  await working
  const made = await store.log('out')
  for await (const { value } of made.read()) say('out', String(value))
  await store.close()
}
