import { describe, expect, it } from 'vitest'
import { AlterOperation } from '../../src/controller/alter-configs.ts'
import type { Controller } from '../../src/controller/controller.ts'
import { configsOf } from '../../src/metadata/image.ts'
import { creating, startedController, topic } from './harness.ts'

const { SET, DELETE, APPEND, SUBTRACT } = AlterOperation
type Change = readonly [name: string, operation: number, value: string | null]

describe('configs of a topic', () => {
  it('are set, appended to, subtracted from and taken away', async () => {
    const controller = await withTopic()
    expect(await alter(controller, 2, 'a', ['retention.ms', SET, '5'])).toEqual([0])
    expect(await alter(controller, 2, 'a', ['cleanup.policy', APPEND, 'compact'])).toEqual([0])
    expect(texts(controller, 2, 'a')).toEqual({
      'retention.ms': '5',
      'cleanup.policy': 'delete,compact',
    })
    expect(await alter(controller, 2, 'a', ['cleanup.policy', SUBTRACT, 'delete'])).toEqual([0])
    expect(await alter(controller, 2, 'a', ['retention.ms', DELETE, null])).toEqual([0])
    expect(texts(controller, 2, 'a')).toEqual({ 'cleanup.policy': 'compact' })
  })

  it('take spaces between elements for parts of them, as Kafka does', async () => {
    const controller = await withTopic()
    await alter(controller, 2, 'a', ['cleanup.policy', SET, 'compact,delete'])
    const change: Change = ['cleanup.policy', SUBTRACT, 'compact, delete']
    expect(await alter(controller, 2, 'a', change)).toEqual([0])
    expect(texts(controller, 2, 'a')).toEqual({ 'cleanup.policy': 'delete' })
  })

  it.each([
    // From, operation and operand: what Apache Kafka 4.3.1 made of them; null where it refused.
    ['delete', APPEND, '', null],
    ['delete', APPEND, ',', 'delete'],
    ['delete', APPEND, 'compact,', 'delete,compact'],
    ['delete', APPEND, ',compact', null],
    ['delete', SUBTRACT, '', 'delete'],
    ['delete', SUBTRACT, ',', 'delete'],
    ['delete', SUBTRACT, 'delete,compact', ''],
    ['', APPEND, '', ''],
    ['', APPEND, 'compact', 'compact'],
    ['', APPEND, ',compact', null],
  ])('cut lists as Java does: %j, %i, %j gives %j', async (from, operation, operand, expected) => {
    const controller = await withTopic()
    await alter(controller, 2, 'a', ['cleanup.policy', SET, from])
    const codes = await alter(controller, 2, 'a', ['cleanup.policy', operation, operand])
    expect(codes).toEqual([expected === null ? 40 : 0])
    expect(texts(controller, 2, 'a')).toEqual({ 'cleanup.policy': expected ?? from })
  })

  it('change all or not at all', async () => {
    const controller = await withTopic()
    const codes = await alter(
      controller,
      2,
      'a',
      ['retention.ms', SET, '5'],
      ['segment.bytes', SET, '1'],
    )
    expect(codes).toEqual([40])
    expect(texts(controller, 2, 'a')).toEqual({})
  })

  it('are judged together with those that are set already', async () => {
    const controller = await withTopic()
    await alter(controller, 2, 'a', ['min.compaction.lag.ms', SET, '10'])
    expect(await alter(controller, 2, 'a', ['max.compaction.lag.ms', SET, '5'])).toEqual([40])
  })

  it.each<[number, Change[]]>([
    [40, [['no.such.config', SET, '1']]],
    [40, [['remote.storage.enable', SET, 'true']]],
    [40, [['local.retention.ms', SET, '5']]],
    [42, [['retention.ms', SET, null]]],
    [40, [['retention.ms', APPEND, '1']]],
    [42, [['cleanup.policy', 9, 'compact']]],
    [
      42,
      [
        ['retention.ms', SET, '1'],
        ['retention.ms', SET, '2'],
      ],
    ],
  ])('error %i for %j', async (code, changes) => {
    expect(await alter(await withTopic(), 2, 'a', ...changes)).toEqual([code])
  })

  it('that stay the same write nothing', async () => {
    const controller = await withTopic()
    await alter(controller, 2, 'a', ['retention.ms', SET, '5'])
    const { offset } = controller.image
    await alter(controller, 2, 'a', ['retention.ms', SET, '5'], ['segment.ms', DELETE, null])
    expect(controller.image.offset).toBe(offset)
  })

  it('are only judged when they are to be validated', async () => {
    const controller = await withTopic()
    const configs = [{ name: 'retention.ms', configOperation: SET, value: '5' }]
    const resources = [{ resourceType: 2, resourceName: 'a', configs }]
    const results = await controller.alterConfigs({ resources, validateOnly: true })
    expect(results).toMatchObject([{ errorCode: 0, errorMessage: null }])
    expect(texts(controller, 2, 'a')).toEqual({})
  })
})

describe('configs of brokers', () => {
  it.each<[string, Change, number]>([
    ['', ['log.retention.ms', SET, '5'], 0],
    ['1', ['log.cleaner.threads', SET, '2'], 0],
    ['1', ['leader.replication.throttled.rate', SET, '100'], 0],
    ['', ['num.partitions', SET, '2'], 42],
    ['', ['ssl.keystore.location', SET, '/a'], 42],
    ['1', ['ssl.keystore.location', SET, '/a'], 40],
    ['1', ['listener.name.inside.ssl.keystore.location', SET, '/a'], 40],
    ['1', ['ssl.client.auth', SET, 'none'], 0],
    ['1', ['ssl.keystore.location', DELETE, null], 0],
    ['1', ['max.connections', SET, '5'], 0],
    ['1', ['max.connections', SET, 'x'], 42],
    ['1', ['listener.name.inside.max.connection.creation.rate', SET, '5'], 0],
    ['1', ['listener.name.inside.log.retention.ms', SET, '5'], 40],
    ['1', ['no.such.config', SET, '2'], 40],
    ['1', ['no.such.config', DELETE, null], 0],
    ['1', ['log.cleaner.threads', SET, 'x'], 42],
    ['', ['log.cleanup.policy', SET, 'foo'], 42],
    ['', ['log.retention.ms', SET, '0'], 42],
    ['1', ['log.retention.ms', SET, '0'], 42],
    ['1', ['max.connections.per.ip.overrides', SET, 'foo'], 42],
    ['7', ['log.cleaner.threads', SET, '2'], 42],
    ['x', ['log.cleaner.threads', SET, '2'], 42],
    ['1', ['min.insync.replicas', SET, '2'], 40],
    ['', ['min.insync.replicas', DELETE, null], 40],
    ['', ['min.insync.replicas', SET, '2'], 0],
  ])("broker '%s' %j gives %i", async (name, change, code) => {
    const controller = await withTopic()
    expect(await alter(controller, 4, name, change)).toEqual([code])
  })
})

describe('a name that does not exist', () => {
  const invalidConfig = 40
  const invalidRequest = 42

  it.each([
    [2, 'a', 'retention.sm', invalidConfig, 'topic config name: retention.sm', 'retention.ms'],
    [2, 'a', 'foo.bar', invalidConfig, 'topic config name: foo.bar', null],
    [
      4,
      '',
      'log.retention.m',
      invalidConfig,
      'broker config name: log.retention.m',
      'log.retention.ms',
    ],
    [32, 'g', 'share.isolation', invalidConfig, 'group config name: share.isolation', null],
    [
      32,
      'g',
      'share.isolation.leve',
      invalidConfig,
      'group config name: share.isolation.leve',
      'share.isolation.level',
    ],
    [
      16,
      'm',
      'interval.s',
      invalidRequest,
      'client metrics configuration: interval.s',
      'interval.ms',
    ],
  ] as const)(
    'of resource type %i %j: %s gets %i',
    async (type, resource, config, code, told, near) => {
      const controller = await withTopic()
      const configs = [{ name: config, configOperation: SET, value: '1' }]
      const resources = [{ resourceType: type, resourceName: resource, configs }]
      const [result] = await controller.alterConfigs({ resources, validateOnly: false })
      const errorMessage = `Unknown ${told}${near === null ? '' : `; did you mean '${near}'?`}`
      expect(result).toMatchObject({ errorCode: code, errorMessage })
    },
  )
})

describe('other resources', () => {
  it('are groups and client metrics, nothing else', async () => {
    const controller = await withTopic()
    const session: Change = ['consumer.session.timeout.ms', SET, '46000']
    expect(await alter(controller, 32, 'g', session)).toEqual([0])
    expect(texts(controller, 32, 'g')).toEqual({ 'consumer.session.timeout.ms': '46000' })
    expect(await alter(controller, 32, '', session)).toEqual([42])
    expect(await alter(controller, 32, 'g', ['consumer.session.timeout.ms', SET, '1'])).toEqual([
      40,
    ])
    expect(await alter(controller, 16, 'm', ['interval.ms', SET, '1'])).toEqual([42])
    expect(await alter(controller, 16, 'm', ['interval.ms', SET, 'x'])).toEqual([40])
    expect(await alter(controller, 16, 'm', ['interval.ms', SET, '100'])).toEqual([0])
    expect(await alter(controller, 8, '1', ['root', SET, 'INFO'])).toEqual([42])
    expect(await alter(controller, 2, 'nope', ['retention.ms', SET, '1'])).toEqual([3])
    expect(await alter(controller, 2, '', ['retention.ms', SET, '1'])).toEqual([42])
    expect(await alter(controller, 2, 'bad name', ['retention.ms', SET, '1'])).toEqual([17])
  })

  it('that stand twice in the request are refused both times, and the others are not', async () => {
    const controller = await withTopic()
    const configs = [{ name: 'retention.ms', configOperation: SET, value: '5' }]
    const resource = { resourceType: 2, resourceName: 'a', configs }
    const group = { ...resource, resourceType: 32, configs: [] }
    const request = { resources: [resource, group, resource], validateOnly: false }
    const results = await controller.alterConfigs(request)
    expect(results.map((one) => one.errorCode)).toEqual([42, 0, 42])
    expect(texts(controller, 2, 'a')).toEqual({})
  })
})

async function withTopic(): Promise<Controller> {
  const { controller } = await startedController()
  await controller.createTopics(creating(topic('a')))
  return controller
}

async function alter(
  controller: Controller,
  resourceType: number,
  resourceName: string,
  ...changes: readonly Change[]
): Promise<number[]> {
  const configs = changes.map(([name, configOperation, value]) => ({
    name,
    configOperation,
    value,
  }))
  const resources = [{ resourceType, resourceName, configs }]
  const results = await controller.alterConfigs({ resources, validateOnly: false })
  return results.map((one) => one.errorCode)
}

function texts(controller: Controller, type: number, name: string): Record<string, string> {
  return Object.fromEntries(configsOf(controller.image, type, name))
}
