import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeLogDirs } from '../../../src/broker/handler/35-describe-log-dirs.ts'
import { describeLogDirsApi } from '../../../src/protocol/generated/35-describe-log-dirs.ts'
import { startTestBroker, type TestBroker } from '../fixture.ts'
import { brokerSeeing, callOf, imageWith } from './images.ts'
import { appendBatches, createTestTopics } from './topics.ts'

let running: TestBroker
beforeAll(async () => {
  running = await startTestBroker()
  await createTestTopics(running, { t: 2, u: 1 })
  await appendBatches(running, 't', 1, 3)
})
afterAll(() => running.broker.stop())

function ask(version: number, topics: { topic: string; partitions: number[] }[] | null) {
  return running.plane.send(describeLogDirsApi, version, { topics })
}

const versions = [1, 2, 3, 4, 5]

test.each(versions)('version %i tells what lies in the directory', async (version) => {
  const { errorCode, results } = await ask(version, null)
  expect({ errorCode, dirs: results.length }).toEqual({ errorCode: 0, dirs: 1 })
  const [directory] = results
  expect(directory).toMatchObject({
    errorCode: 0,
    logDir: running.store.path,
    totalBytes: version < 4 ? -1 : 2 ** 41,
    usableBytes: version < 4 ? -1 : 2 ** 40,
    isCordoned: false,
  })
  const sizeOf = (index: number) => running.store.find('t', index)?.sizeBytes() ?? -1
  const plain = { offsetLag: 0, isFutureKey: false }
  expect(directory?.topics).toEqual([
    {
      name: 't',
      partitions: [
        { partitionIndex: 0, partitionSize: 0, ...plain },
        { partitionIndex: 1, partitionSize: sizeOf(1), ...plain },
      ],
    },
    { name: 'u', partitions: [{ partitionIndex: 0, partitionSize: 0, ...plain }] },
  ])
  expect(sizeOf(1)).toBeGreaterThan(0)
})

test('only what is asked for is told; the directory always', async () => {
  const [some] = (await ask(5, [{ topic: 't', partitions: [1, 9] }])).results
  expect(some?.topics.map(({ name, partitions }) => [name, partitions.length])).toEqual([['t', 1]])
  const [none] = (await ask(5, [{ topic: 'nope', partitions: [0] }])).results
  expect(none?.topics).toEqual([])
})

test('a directory that does not work says so, one that is cordoned too', async () => {
  const disk = { totalBytes: 2, usableBytes: 1 }
  const image = imageWith({})
  const node = image.brokers.get(1)
  const brokers = new Map([[1, { ...node, cordonedDirectories: ['b'] }]])
  const broker = {
    ...brokerSeeing({ ...image, brokers } as unknown as typeof image),
    logs: { find: () => undefined },
    directories: {
      pathOf: () => undefined,
      describe: () => [
        { path: '/a', id: 'a', disk },
        { path: '/b', id: 'b', disk },
        { path: '/c', id: undefined, disk: undefined },
      ],
    },
  } as unknown as ReturnType<typeof brokerSeeing>
  const { results } = await describeLogDirs.handle({ topics: null }, callOf(5), broker)
  expect(results).toEqual([
    { errorCode: 0, logDir: '/a', topics: [], totalBytes: 2, usableBytes: 1, isCordoned: false },
    { errorCode: 0, logDir: '/b', topics: [], totalBytes: 2, usableBytes: 1, isCordoned: true },
    { errorCode: 56, logDir: '/c', topics: [] },
  ])
})
