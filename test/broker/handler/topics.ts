/** Topics and records for tests of handlers. */
import { createTopicsApi } from '../../../src/protocol/generated/19-create-topics.ts'
import { encodeBatch, newBatch } from '../../../src/protocol/record-batch.ts'
import type { TestBroker } from '../fixture.ts'

/** Creates topics with these numbers of partitions and, all of them, these configs. */
export async function createTestTopics(
  { plane }: TestBroker,
  partitions: Readonly<Record<string, number>>,
  configs: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { topics } = await plane.send(createTopicsApi, 7, {
    topics: Object.entries(partitions).map(([name, numPartitions]) => ({
      name,
      numPartitions,
      replicationFactor: 1,
      assignments: [],
      configs: Object.entries(configs).map(([config, value]) => ({ name: config, value })),
    })),
    timeoutMs: 5000,
  })
  const failed = topics.find(({ errorCode }) => errorCode !== 0)
  if (failed !== undefined) throw new Error(`topic ${failed.name}: error ${failed.errorCode}`)
}

/** Appends batches of this many records each to a partition, and waits until they are committed. */
export async function appendBatches(
  { store }: TestBroker,
  topic: string,
  partition: number,
  ...sizes: readonly number[]
): Promise<void> {
  const log = store.find(topic, partition)
  if (log === undefined) throw new Error(`${topic}-${partition} is not open`)
  for (const size of sizes) {
    const records = Array.from({ length: size }, () => ({ timestamp: 1, key: null, value: null }))
    await log.committed(log.append(encodeBatch(newBatch(records))).requiredHighWatermark)
  }
}

/** Keeps a partition's log from flushing until the returned function is called. */
export function holdFlush({ store }: TestBroker, topic: string, partition: number): () => void {
  const log = store.find(topic, partition)
  if (log === undefined) throw new Error(`${topic}-${partition} is not open`)
  let release = (): void => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  const flush = log.flush.bind(log)
  log.flush = () => released.then(flush)
  return () => release()
}
