/** Topics for tests of handlers. */
import { createTopicsApi } from '../../../src/protocol/generated/19-create-topics.ts'
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
