/** Our queue: messages are taken by so many workers, each acknowledged durably. */
import { Queue } from 'odradek'
import { messagesOfTurn, smallBytes, workersOf } from '../../task.ts'
import { answer, rateOfTurns, taskOf } from '../measure.ts'

const task = await taskOf()
const workers = workersOf(task.case) ?? 1
const messages = messagesOfTurn(workers)
const queue = await Queue.open(task.folder, { consumers: ['worker'] })
const value = Buffer.alloc(smallBytes, 'x')

async function fill(): Promise<void> {
  const puts = Array.from({ length: messages }, () => queue.put({ value }, { durability: 'os' }))
  await Promise.all(puts)
}

async function work(): Promise<number> {
  const stop = new AbortController()
  let done = 0
  const worker = async (): Promise<void> => {
    const messagesOfWorker = queue.take({ consumer: 'worker', signal: stop.signal })
    for await (const message of messagesOfWorker) {
      await message.ack()
      done++
      if (done === messages) stop.abort()
    }
  }
  const working = Array.from({ length: workers }, () => worker().catch(() => undefined))
  await Promise.all(working)
  const [consumer] = queue.statistics().consumers
  if (done !== messages || consumer?.lag !== 0) throw new Error(`${consumer?.lag} are left`)
  return done
}

answer(await rateOfTurns(task.seconds, fill, work))
await queue.close()
