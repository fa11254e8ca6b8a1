/** The admin behind a network that fails: our broker, and with CONFORMANCE_TARGET=kafka Kafka. */
import { describe, expect, test } from 'vitest'
import { Admin } from '../../../../src/client/admin/admin.ts'
import type { AdminOptions } from '../../../../src/client/admin/admin-options.ts'
import { ClosedError, NetworkError, TimeoutError } from '../../../../src/client/error.ts'
import type { AnyApi } from '../../../../src/protocol/codec.ts'
import { listOffsetsApi } from '../../../../src/protocol/generated/02-list-offsets.ts'
import { metadataApi } from '../../../../src/protocol/generated/03-metadata.ts'
import { offsetFetchApi } from '../../../../src/protocol/generated/09-offset-fetch.ts'
import { findCoordinatorApi } from '../../../../src/protocol/generated/10-find-coordinator.ts'
import { describeGroupsApi } from '../../../../src/protocol/generated/15-describe-groups.ts'
import { listGroupsApi } from '../../../../src/protocol/generated/16-list-groups.ts'
import { apiVersionsApi } from '../../../../src/protocol/generated/18-api-versions.ts'
import { createTopicsApi } from '../../../../src/protocol/generated/19-create-topics.ts'
import { deleteTopicsApi } from '../../../../src/protocol/generated/20-delete-topics.ts'
import { describeConfigsApi } from '../../../../src/protocol/generated/32-describe-configs.ts'
import { incrementalAlterConfigsApi } from '../../../../src/protocol/generated/44-incremental-alter-configs.ts'
import { describeClusterApi } from '../../../../src/protocol/generated/60-describe-cluster.ts'
import { cuts, ProxiedTests } from './proxied-tests.ts'

const here = new ProxiedTests<Admin>((admin) => admin.close())

function adminOf(options: Partial<AdminOptions> = {}): Admin {
  const { address } = here.proxy
  const admin = new Admin({ bootstrapServers: address, retryBackoffMs: 20, ...options })
  here.open.push(admin)
  return admin
}

async function made(admin: Admin): Promise<string> {
  const name = here.fresh('topic')
  await admin.createTopics([{ name, partitions: 1, replicationFactor: 1 }])
  // Apache Kafka's leaders are there a moment after the topic.
  await expect
    .poll(async () => (await admin.describeTopics([name]))[0]?.partitions[0]?.leader)
    .toBe(1)
  return name
}

/** What only looks, with the API that is cut. */
const looks: readonly (readonly [AnyApi, (admin: Admin, topic: string) => Promise<unknown>])[] = [
  [apiVersionsApi, (admin) => admin.describeCluster()],
  [metadataApi, (admin) => admin.listTopics()],
  [describeClusterApi, (admin) => admin.describeCluster()],
  [describeConfigsApi, (admin, name) => admin.describeConfigs([{ type: 'topic', name }])],
  [listOffsetsApi, (admin, topic) => admin.listOffsets([{ topic, partition: 0, at: 'latest' }])],
  [listGroupsApi, (admin) => admin.listGroups()],
  [findCoordinatorApi, (admin) => admin.listGroupOffsets('nobody')],
  [offsetFetchApi, (admin) => admin.listGroupOffsets('nobody')],
]

describe('a call that is cut off', () => {
  test.each(looks.map(([api, look]) => [api.name, api, look] as const))(
    'while it looks is made again: %s',
    async (_, api, look) => {
      const topic = await made(adminOf())
      const injections = cuts.map((fault) => here.proxy.inject(fault, { api }))
      expect(await look(adminOf(), topic)).toBeDefined()
      expect(injections.map(({ hits }) => hits)).toEqual([1, 1, 1, 1])
    },
  )

  test('before the broker got it is made again, and done once', async () => {
    const admin = adminOf()
    for (const kind of ['cut-before', 'cut-request'] as const) {
      const cut = here.proxy.inject({ kind }, { api: createTopicsApi })
      await made(admin)
      expect(cut.hits).toBe(1)
    }
  })

  test.each(['cut-after', 'cut-answer'] as const)(
    'behind its work finds it done (%s), and tells that it may have done it itself',
    async (kind) => {
      const admin = adminOf()
      const name = here.fresh('topic')
      here.proxy.inject({ kind }, { api: createTopicsApi })
      const creation = admin.createTopics([{ name, partitions: 1, replicationFactor: 1 }])
      const error = await creation.catch((reason: unknown) => reason)
      expect(error).toMatchObject({ code: 'TOPIC_ALREADY_EXISTS', retriable: false })
      expect((error as Error).message).toContain('an earlier attempt of this call')
      expect((error as Error).cause).toBeInstanceOf(NetworkError)
      expect((await admin.listTopics()).map((one) => one.name)).toContain(name)
      here.proxy.inject({ kind }, { api: deleteTopicsApi })
      await expect(admin.deleteTopics([name])).rejects.toMatchObject({
        code: 'UNKNOWN_TOPIC_OR_PARTITION',
        message: expect.stringContaining('an earlier attempt of this call'),
      })
      expect((await admin.listTopics()).map((one) => one.name)).not.toContain(name)
    },
  )

  test('and may be done twice is done, whatever was cut', async () => {
    const admin = adminOf()
    const name = await made(admin)
    for (const [index, fault] of cuts.entries()) {
      const cut = here.proxy.inject(fault, { api: incrementalAlterConfigsApi })
      const value = `${100_000 + index}`
      await admin.alterConfigs([
        { type: 'topic', name, changes: [{ name: 'retention.ms', operation: 'set', value }] },
      ])
      expect(cut.hits).toBe(1)
      await expect
        .poll(async () => {
          const [topic] = await admin.describeConfigs([{ type: 'topic', name }])
          return topic?.entries.find((entry) => entry.name === 'retention.ms')?.value
        })
        .toBe(value)
    }
  })

  test('finds a group whose coordinator is cut off', async () => {
    const admin = adminOf()
    const topic = await made(admin)
    const groupId = here.fresh('group')
    await admin.alterGroupOffsets(groupId, [{ topic, partition: 0, offset: 3 }])
    const injections = cuts.map((fault) => here.proxy.inject(fault, { api: describeGroupsApi }))
    const [group] = await admin.describeGroups([groupId])
    expect(group).toMatchObject({ groupId, state: 'Empty' })
    expect(injections.map(({ hits }) => hits)).toEqual([1, 1, 1, 1])
  })
})

describe('a broker that does not answer', () => {
  test.each(looks.map(([api, look]) => [api.name, api, look] as const))(
    'is waited for as long as defaultApiTimeoutMs: %s',
    async (_, api, look) => {
      const topic = await made(adminOf())
      here.proxy.inject({ kind: 'stall' }, { api, times: Infinity })
      const begun = performance.now()
      const admin = adminOf({ defaultApiTimeoutMs: 700 })
      const error = await look(admin, topic).catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(TimeoutError)
      expect(error).toMatchObject({ code: 'REQUEST_TIMED_OUT', retriable: true })
      expect(performance.now() - begun).toBeGreaterThan(600)
      expect(performance.now() - begun).toBeLessThan(2_000)
    },
  )

  test('within requestTimeoutMs is asked again', async () => {
    const admin = adminOf({ requestTimeoutMs: 300 })
    const slow = here.proxy.inject(
      { kind: 'delay', ms: 600 },
      { api: describeClusterApi, times: 2 },
    )
    expect((await admin.describeCluster()).controllerId).toBe(1)
    expect(slow.hits).toBe(2)
  })

  test('does not hold up close(), which ends what waits', async () => {
    const admin = adminOf()
    const stall = here.proxy.inject({ kind: 'stall' }, { times: Infinity })
    const calls = [admin.listTopics(), admin.describeCluster()].map((call) =>
      call.catch((reason: unknown) => reason),
    )
    await stall.hit
    const begun = performance.now()
    await admin.close()
    for (const error of await Promise.all(calls)) expect(error).toBeInstanceOf(ClosedError)
    expect(performance.now() - begun).toBeLessThan(1_000)
  })
})

test('a broker that is away for a while is found again', async () => {
  const admin = adminOf()
  const before = await admin.describeCluster()
  await here.broker.kill()
  const asked = admin.describeCluster()
  await here.broker.start()
  expect(await asked).toEqual(before)
})
