/**
 * SIGKILL at random moments, while clients commit offsets, alter configs, create, grow and delete
 * topics and write a compacted topic: a restarted broker has every acknowledged change, and what
 * was not acknowledged wholly or not at all. `CONFORMANCE_KILLS` sets how often (200 for the whole
 * run), `CONFORMANCE_SEED` repeats a run's moments.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { randomBelow, seededRandom } from '../../../src/base/random.ts'
import { BrokerProcess } from '../broker-process.ts'
import { eventually } from '../eventually.ts'
import { RawConnection } from '../raw-connection.ts'
import { type Actor, RefusedError } from './actor.ts'
import { Commits } from './commits.ts'
import { Configs } from './configs.ts'
import { killsAskedFor } from './kills.ts'
import { LatestValues } from './latest-values.ts'
import { Topics } from './topics.ts'

const kills = killsAskedFor(15)
const seed = Number(process.env['CONFORMANCE_SEED'] ?? Date.now() % 1_000_000)
const random = seededRandom(seed)

let broker: BrokerProcess
let actors: readonly Actor[]

beforeAll(async () => {
  broker = await BrokerProcess.start({
    settings: {
      'log.cleaner.backoff.ms': '100',
      'offsets.topic.num.partitions': '4',
      // Kills come in the midst of checkpoints too; and no start has to recover what all lives
      // before it wrote, which the default of a minute would ask of each.
      'log.flush.offset.checkpoint.interval.ms': '500',
    },
  })
  actors = [new Commits(), new Configs(), new Topics(broker.dataFolder), new LatestValues()]
  await each((actor, connection) => actor.prepare(connection))
})
afterAll(async () => {
  await broker?.dispose()
})

/** Lets every actor work on a connection of its own, all at once. */
async function each<T>(work: (actor: Actor, connection: RawConnection) => Promise<T>) {
  return Promise.all(
    actors.map(async (actor) => {
      const connection = await RawConnection.open(broker.port)
      try {
        return await work(actor, connection)
      } finally {
        connection.close()
      }
    }),
  )
}

/** Changes until the broker is killed; a refusal before that is a fault. */
async function changeUntilKilled(): Promise<void> {
  const refusals: Error[] = []
  let changes = 0
  const changing = each(async (actor, connection) => {
    for (;;) {
      try {
        await actor.change(connection)
        changes++
      } catch (error) {
        if (error instanceof RefusedError) refusals.push(error)
        return
      }
    }
  })
  // By changes and not by time alone: a slow machine is killed as much in the midst of them.
  const enough = randomBelow(random, 60)
  await eventually(`${enough} changes`, () => changes >= enough || refusals.length > 0)
  await sleep(randomBelow(random, 20))
  await broker.kill()
  await changing
  expect(refusals).toEqual([])
}

const timeout = 60_000 + kills * 10_000

it(`a broker killed ${kills} times keeps what it acknowledged (seed ${seed})`, {
  timeout,
}, async () => {
  for (let kill = 0; kill < kills; kill++) {
    await changeUntilKilled()
    await broker.start()
    const faults = await each((actor, connection) => actor.faults(connection))
    expect(faults.flat(), `kill ${kill} of seed ${seed}`).toEqual([])
  }
  for (const { name, witnesses } of actors) {
    const all = [...witnesses()]
    const changes = all.reduce((sum, witness) => sum + witness.changes, 0)
    const held = all.reduce((sum, witness) => sum + witness.unanswered.held, 0)
    const lost = all.reduce((sum, witness) => sum + witness.unanswered.lost, 0)
    console.log(`${name}: ${changes} acknowledged; unanswered: ${held} held, ${lost} not`)
    expect(changes, name).toBeGreaterThan(kills)
  }
  await broker.stop()
})
