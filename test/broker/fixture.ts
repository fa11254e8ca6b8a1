/** A broker on a store in memory and a data plane without sockets. */

import { systemTimers } from '../../src/base/clock.ts'
import { seededRandom } from '../../src/base/random.ts'
import { Broker } from '../../src/broker/broker.ts'
import type { BrokerOptions } from '../../src/broker/options.ts'
import {
  createMemoryLogStore,
  type MemoryDisk,
  type MemoryLogStore,
} from '../../src/storage/memory-log-store.ts'
import { createLogger } from '../../src/telemetry/logger.ts'
import { FakeDataPlane } from './fake-data-plane.ts'

/** Where tests pretend to keep their data; nothing is ever written there. */
const nowhere = '/nonexistent/odradek-test-data'

/** What a test does with a broker that runs. */
export interface TestBroker {
  readonly broker: Broker
  readonly plane: FakeDataPlane
  readonly store: MemoryLogStore
  readonly lines: string[]
}

/**
 * Seeds and directories differ from start to start, or a restart would hand out the ids of the
 * first one again.
 */
let seed = 1

/** Starts a broker; `disk` is that of an earlier one. */
export async function startTestBroker(
  options: BrokerOptions & { disk?: MemoryDisk; plane?: FakeDataPlane } = {},
): Promise<TestBroker> {
  const { disk, plane = new FakeDataPlane(), ...rest } = options
  const several = rest.configs?.['log.dirs'] !== undefined
  const store = createMemoryLogStore(disk === undefined ? {} : { disk })
  const lines: string[] = []
  const broker = await Broker.start({
    ...('listeners' in (rest.configs ?? {}) || rest.configFile !== undefined
      ? {}
      : { listen: 'localhost:9092' }),
    ...(several ? {} : { dataDir: `${nowhere}-${seed}` }),
    logger: createLogger({ write: (line) => lines.push(line), now: Date.now, level: 'debug' }),
    ...rest,
    environment: {
      random: seededRandom(seed++),
      timers: systemTimers,
      openStore: () => Promise.resolve(store),
      startDataPlane: plane.start,
      resolve: async (host) => ({ localhost: ['127.0.0.1', '::1'], '': ['::'] })[host] ?? [host],
      ...rest.environment,
    },
  })
  return { broker, plane, store, lines }
}
