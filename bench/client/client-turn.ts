import { BrokerProcess } from '../../src/bench/broker/broker-process.ts'
import type { BrokerTarget, Settings } from '../../src/bench/broker/broker-target.ts'
import { fillPageCache } from '../../src/bench/harness/page-cache.ts'
import { encodeBatch, newBatch } from '../../src/protocol/record-batch.ts'
import { Feeder } from '../../test/conformance/client/feeder.ts'
import type { ClientCase } from './cases.ts'
import { type Figures, recordsPerSend, type Task, valueBytes } from './task.ts'

/** A client that is installed and can be run. */
export interface ReadyPeer {
  readonly name: string
  readonly cases: readonly string[]
  readonly run: (task: Task) => Promise<Figures>
}

/** What a turn is made of. */
export interface TurnPlan {
  readonly target: BrokerTarget
  readonly settings: Settings
  readonly parent: string | undefined
  readonly cold: boolean
  readonly cases: readonly ClientCase[]
  readonly peers: readonly ReadyPeer[]
  readonly seconds: number
  /** Records to consume. */
  readonly records: number
  readonly partitions: number
  /** From 0 on: who begins moves on from round to round. */
  readonly round: number
  /** Told of each case that all have done. */
  readonly onCase: (name: string) => void
}

/** What each client did in each case. */
export type TurnFigures = Readonly<Record<string, Readonly<Record<string, Figures>>>>

/** Starts a broker and has all clients do case after case on it, in turn, on the same topic. */
export async function takeClientTurn(plan: TurnPlan): Promise<TurnFigures> {
  const { target, settings, parent, cases } = plan
  if (!plan.cold) fillPageCache()
  const broker = await BrokerProcess.start({ target, settings, parent })
  const feeder = new Feeder(broker.address)
  try {
    const figures: Record<string, Record<string, Figures>> = {}
    if (cases.some(({ consumes }) => consumes)) await feed(feeder, plan)
    for (const each of cases) {
      if (!each.consumes) await feeder.create(each.name, plan.partitions)
      figures[each.name] = await takeCase(plan, broker, each)
      plan.onCase(each.name)
    }
    return figures
  } finally {
    feeder.close()
    await broker.dispose()
  }
}

const consumedTopic = 'data'

async function takeCase(
  plan: TurnPlan,
  broker: BrokerProcess,
  { name, consumes }: ClientCase,
): Promise<Record<string, Figures>> {
  const figures: Record<string, Figures> = {}
  const task: Task = {
    case: name,
    bootstrap: broker.address,
    topic: consumes ? consumedTopic : name,
    brokerPid: broker.pid,
    seconds: plan.seconds,
    records: plan.records,
  }
  const taking = rotated(
    plan.peers.filter(({ cases }) => cases.includes(name)),
    plan.round,
  )
  // The first one once more, before: for the broker's own warm-up.
  for (const peer of [...taking.slice(0, 1), ...taking]) {
    try {
      figures[peer.name] = await peer.run(task)
    } catch (error) {
      throw new Error(`${peer.name} on ${plan.target.name}`, { cause: error })
    }
  }
  return figures
}

/** The same in a circle, beginning `by` places further on. */
export function rotated<T>(list: readonly T[], by: number): readonly T[] {
  const from = list.length === 0 ? 0 : by % list.length
  return [...list.slice(from), ...list.slice(0, from)]
}

/** Puts the records that are consumed into the broker, in batches of `recordsPerSend`. */
async function feed(feeder: Feeder, { records, partitions }: TurnPlan): Promise<void> {
  await feeder.create(consumedTopic, partitions)
  const value = Buffer.alloc(valueBytes, 'v')
  for (let left = records, i = 0; left > 0; left -= recordsPerSend, i++) {
    const length = Math.min(left, recordsPerSend)
    const timestamp = Date.now()
    const batch = newBatch(Array.from({ length }, () => ({ timestamp, key: null, value })))
    await feeder.append(consumedTopic, i % partitions, encodeBatch(batch))
  }
}
