/** A producer on a simulated cluster, and the way to wait for what it promises. */
import { seededRandom } from '../../../src/base/random.ts'
import type { DeliveryReport } from '../../../src/client/producer/delivery-report.ts'
import { Producer } from '../../../src/client/producer/producer.ts'
import type { ProducerOptions } from '../../../src/client/producer/producer-options.ts'
import type { Payload } from '../../../src/record/record.ts'
import {
  noFaults,
  SimulatedCluster,
  type SimulatedFaults,
  SimulatedTime,
  simulatedEnvironment,
} from './simulated-cluster.ts'

/** A producer on a simulated cluster. */
export interface Bench {
  readonly time: SimulatedTime
  readonly cluster: SimulatedCluster
  readonly producer: Producer
  readonly reports: DeliveryReport[]
}

/** A producer with these options, on a cluster that fails as the seed says. */
export function bench(
  options: Partial<ProducerOptions<Payload, Payload>> = {},
  faults: Partial<SimulatedFaults> = {},
  seed = 1,
): Bench {
  const time = new SimulatedTime()
  const cluster = new SimulatedCluster(time, seed, { ...noFaults, ...faults })
  const reports: DeliveryReport[] = []
  const producer = new Producer(
    {
      bootstrapServers: ['127.0.0.1:9092'],
      onDelivery: (report) => reports.push(report),
      ...options,
    },
    cluster,
    simulatedEnvironment(time, seededRandom(seed)),
  )
  return { time, cluster, producer, reports }
}

/** Lets the simulation run until the promise is settled. */
export async function outcome<T>(time: SimulatedTime, promise: Promise<T>): Promise<T | Error> {
  let result: T | Error | undefined
  const done = promise.then(
    (value) => {
      result = value
    },
    (error: Error) => {
      result = error
    },
  )
  let isOver = false
  void done.then(() => {
    isOver = true
  })
  await time.settle(() => !isOver)
  if (!isOver) throw new Error('nothing happens any more, and the promise is not settled')
  return result as T | Error
}
