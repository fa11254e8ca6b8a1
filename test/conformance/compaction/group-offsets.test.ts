/** `__consumer_offsets` is compacted too, and groups keep what they committed. */
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ErrorCode } from '../../../src/protocol/error-codes.ts'
import { offsetCommitApi } from '../../../src/protocol/generated/08-offset-commit.ts'
import { offsetFetchApi } from '../../../src/protocol/generated/09-offset-fetch.ts'
import { findCoordinatorApi } from '../../../src/protocol/generated/10-find-coordinator.ts'
import { BrokerProcess } from '../broker-process.ts'
import { eventually } from '../eventually.ts'
import { RawConnection } from '../raw-connection.ts'
import { createTopic } from '../raw-requests.ts'
import { ask } from '../typed-request.ts'
import { cleanedTo } from './compacted-topic.ts'

const topic = 'read-by-groups'
const groups = ['one', 'two', 'three']
/** The longest that a commit may carry: few of them fill a segment of a MiB. */
const metadata = 'm'.repeat(4096)
const commits = 250

let broker: BrokerProcess
let connection: RawConnection
beforeAll(async () => {
  const settings = {
    'log.cleaner.backoff.ms': '100',
    'offsets.topic.num.partitions': '1',
    'offsets.topic.segment.bytes': String(2 ** 20),
  }
  broker = await BrokerProcess.start({ settings })
  connection = await RawConnection.open(broker.port)
  await createTopic(connection, topic, 1)
})
afterAll(async () => {
  connection?.close()
  await broker?.dispose()
})

async function commit(groupId: string, committedOffset: number): Promise<number> {
  const partition = { partitionIndex: 0, committedOffset, committedMetadata: metadata }
  const topics = [{ name: topic, partitions: [partition] }]
  const answer = await ask(connection, offsetCommitApi, 2, { groupId, topics })
  return answer.topics[0]?.partitions[0]?.errorCode ?? -1
}

async function committed(groupId: string): Promise<number | undefined> {
  const topics = [{ name: topic, partitionIndexes: [0] }]
  const answer = await ask(connection, offsetFetchApi, 2, { groupId, topics })
  const partition = answer.topics[0]?.partitions[0]
  return answer.errorCode === ErrorCode.NONE ? partition?.committedOffset : undefined
}

async function coordinated(): Promise<void> {
  for (const key of groups) {
    await eventually(`${key} has a coordinator`, async () => {
      const found = await ask(connection, findCoordinatorApi, 0, { key })
      return found.errorCode === ErrorCode.NONE && (await committed(key)) !== undefined
    })
  }
}

function storedBytes(): number {
  const folder = join(broker.dataFolder, '__consumer_offsets-0')
  const logs = readdirSync(folder).filter((file) => file.endsWith('.log'))
  return logs.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0)
}

it('keeps the last commit of each group, over a restart as well', async () => {
  await coordinated()
  for (let offset = 1; offset <= commits; offset++) {
    for (const group of groups) expect(await commit(group, offset)).toBe(ErrorCode.NONE)
  }
  // Two segments are sealed, of commits that came three by three.
  await eventually('the commits are compacted', () => {
    return cleanedTo(broker, '__consumer_offsets') > commits
  })
  // What is active is at most one segment, with the room that it holds ready.
  await eventually('they take less room', () => storedBytes() < 2.5 * 2 ** 20)
  for (const group of groups) expect(await committed(group)).toBe(commits)
  connection.close()
  await broker.stop()
  await broker.start()
  connection = await RawConnection.open(broker.port)
  await coordinated()
  for (const group of groups) expect(await committed(group)).toBe(commits)
})
