/** What Apache Kafka serves and our broker does not, which has to say so. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Admin } from '../../../src/client/admin/admin.ts'
import { BrokerProcess } from '../broker-process.ts'

let broker: BrokerProcess
let admin: Admin
let names = 0

beforeAll(async () => {
  broker = await BrokerProcess.start()
  admin = new Admin({ bootstrapServers: broker.address })
})
afterAll(async () => {
  await admin?.close()
  await broker?.dispose()
})

const isKafka = (): boolean => broker.target.name === 'kafka'
const fresh = (what: string): string => `${what}-${names++}`
const soon = <T>(get: () => Promise<T>) => expect.poll(get, { timeout: 20_000, interval: 50 })

async function topicWith(partitions: number): Promise<string> {
  const name = fresh('topic')
  await admin.createTopics([{ name, partitions, replicationFactor: 1 }])
  return name
}

describe('what not every broker serves', () => {
  /** Rejects with this where the broker is ours, which says that it lacks the API. */
  const lacking = { code: 'UNSUPPORTED_VERSION', retriable: false }

  test('passwords are set, described and taken away', async () => {
    const user = fresh('user')
    const [first, second] = ['SCRAM-SHA-256', 'SCRAM-SHA-512'] as const
    const one = { user, mechanism: first, password: 'secret' }
    const other = { user, mechanism: second, password: 'secret', iterations: 8192 }
    const set = admin.alterUserScramCredentials([one])
    if (!isKafka()) return expect(set).rejects.toMatchObject(lacking)
    await set
    await admin.alterUserScramCredentials([other])
    const both = admin.alterUserScramCredentials([one, other])
    await expect(both).rejects.toMatchObject({ code: 'DUPLICATE_RESOURCE' })
    const stored = async () => {
      const [found] = await admin.describeUserScramCredentials([user])
      return found?.credentials
        .map(({ mechanism, iterations }) => `${mechanism} ${iterations}`)
        .sort()
    }
    await soon(stored).toEqual([`${first} 4096`, `${second} 8192`])
    await admin.alterUserScramCredentials([{ user, mechanism: first, password: null }])
    await soon(stored).toEqual([`${second} 8192`])
    const again = admin.alterUserScramCredentials([{ user, mechanism: first, password: null }])
    await expect(again).rejects.toMatchObject({ code: 'RESOURCE_NOT_FOUND' })
    const many = [{ user, mechanism: first, password: 'x', iterations: 100_000 } as const]
    const slow = admin.alterUserScramCredentials(many)
    await expect(slow).rejects.toMatchObject({ code: 'UNACCEPTABLE_CREDENTIAL' })
    await admin.alterUserScramCredentials([{ user, mechanism: second, password: null }])
    await soon(() => admin.describeUserScramCredentials([user])).toEqual([])
  })

  test('transactions are described by their id', async () => {
    const call = admin.describeTransactions([fresh('nobody')])
    // Ours has no transactions, and so no coordinator of any.
    const code = isKafka() ? 'TRANSACTIONAL_ID_NOT_FOUND' : 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED'
    await expect(call).rejects.toMatchObject({ code })
  })

  test('replicas are moved to other directories', async () => {
    const topic = await topicWith(1)
    const place = { broker: 1, topic, partition: 0 }
    const missing = admin.alterReplicaLogDirs([{ ...place, path: '/no/such/directory' }])
    if (!isKafka()) return expect(missing).rejects.toMatchObject(lacking)
    await expect(missing).rejects.toMatchObject({ code: 'LOG_DIR_NOT_FOUND' })
    const [directory] = await admin.describeLogDirs([1])
    await admin.alterReplicaLogDirs([{ ...place, path: directory?.path ?? '' }])
  })
})
