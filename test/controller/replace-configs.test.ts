import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AlterOperation } from '../../src/controller/alter-configs.ts'
import type { Controller } from '../../src/controller/controller.ts'
import { configsOf } from '../../src/metadata/image.ts'
import { creating, startedController, topic } from './harness.ts'

type Config = readonly [name: string, value: string | null]

describe('all configs of a topic', () => {
  it('are those of the request, and no others', async () => {
    const controller = await withTopic()
    expect(await replace(controller, 2, 'a', ['retention.ms', '5'])).toEqual([0])
    const next: Config[] = [
      ['segment.ms', '7'],
      ['cleanup.policy', 'compact'],
    ]
    expect(await replace(controller, 2, 'a', ...next)).toEqual([0])
    expect(texts(controller, 2, 'a')).toEqual(Object.fromEntries(next))
    expect(await replace(controller, 2, 'a')).toEqual([0])
    expect(texts(controller, 2, 'a')).toEqual({})
  })

  it('stay as they are when one of them is refused, or nothing but judged', async () => {
    const controller = await withTopic()
    await replace(controller, 2, 'a', ['retention.ms', '5'])
    expect(await replace(controller, 2, 'a', ['segment.ms', '7'], ['nope', '1'])).toEqual([40])
    const resources = [{ resourceType: 2, resourceName: 'a', configs: [] }]
    const judged = await controller.replaceConfigs({ resources, validateOnly: true })
    expect(judged).toMatchObject([{ errorCode: 0, errorMessage: null }])
    expect(texts(controller, 2, 'a')).toEqual({ 'retention.ms': '5' })
  })

  it('that are the same already write nothing', async () => {
    const controller = await withTopic()
    await replace(controller, 2, 'a', ['retention.ms', '5'])
    const { offset } = controller.image
    await replace(controller, 2, 'a', ['retention.ms', '5'])
    expect(controller.image.offset).toBe(offset)
  })

  it('are what the last of any replacements and changes left', async () => {
    const names = ['retention.ms', 'segment.ms', 'flush.ms']
    const config = fc.tuple(fc.constantFrom(...names), fc.integer({ min: 1, max: 9 }).map(String))
    const configs = fc.uniqueArray(config, { selector: ([name]) => name })
    const step = fc.record({ whole: fc.boolean(), configs })
    const property = fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
      const controller = await withTopic()
      let expected = new Map<string, string>()
      for (const { whole, configs } of steps) {
        expected = new Map([...(whole ? [] : expected), ...configs])
        if (whole) await replace(controller, 2, 'a', ...configs)
        else await set(controller, configs)
      }
      expect(texts(controller, 2, 'a')).toEqual(Object.fromEntries(expected))
    })
    await fc.assert(property, { numRuns: 30 })
  })
})

/** What Apache Kafka 4.3.1 answers. */
const asKafka: [number, string, Config[], number][] = [
  [2, 'a', [['retention.ms', 'x']], 40],
  [2, 'a', [['retention.ms', null]], 42],
  [
    2,
    'a',
    [
      ['retention.ms', '1'],
      ['retention.ms', '2'],
    ],
    42,
  ],
  [2, 'nope', [], 3],
  [2, '', [], 42],
  [2, 'bad name', [], 17],
  [4, '1', [['log.cleaner.threads', '3']], 0],
  [4, '1', [], 0],
  [4, '7', [['log.cleaner.threads', '3']], 42],
  [4, 'x', [], 42],
  [4, '', [['num.partitions', '3']], 42],
  [4, '', [['log.retention.ms', '6']], 40],
  [16, 'm', [['metrics', '*']], 0],
  [16, '', [], 42],
  [32, 'g', [['consumer.session.timeout.ms', '47000']], 0],
  [8, '1', [['root', 'INFO']], 42],
  [3, 'x', [], 42],
]

describe('the configs of a resource', () => {
  it.each(asKafka)('of type %i named "%s", replaced by %j, give %i', async (...row) => {
    const [type, name, configs, code] = row
    expect(await replace(await withTopic(), type, name, ...configs)).toEqual([code])
  })

  it('that stands twice in the request are refused both times', async () => {
    const controller = await withTopic()
    const resource = { resourceType: 2, resourceName: 'a', configs: [] }
    const request = { resources: [resource, resource], validateOnly: false }
    const results = await controller.replaceConfigs(request)
    expect(results.map(({ errorCode }) => errorCode)).toEqual([42, 42])
  })
})

async function withTopic(): Promise<Controller> {
  const { controller } = await startedController()
  await controller.createTopics(creating(topic('a')))
  return controller
}

async function replace(
  controller: Controller,
  resourceType: number,
  resourceName: string,
  ...given: readonly Config[]
): Promise<number[]> {
  const configs = given.map(([name, value]) => ({ name, value }))
  const resources = [{ resourceType, resourceName, configs }]
  const results = await controller.replaceConfigs({ resources, validateOnly: false })
  return results.map(({ errorCode }) => errorCode)
}

async function set(controller: Controller, given: readonly Config[]): Promise<void> {
  const configs = given.map(([name, value]) => ({
    name,
    configOperation: AlterOperation.SET,
    value,
  }))
  const resources = [{ resourceType: 2, resourceName: 'a', configs }]
  const [result] = await controller.alterConfigs({ resources, validateOnly: false })
  expect(result?.errorCode).toBe(0)
}

function texts(controller: Controller, type: number, name: string): Record<string, string> {
  return Object.fromEntries(configsOf(controller.image, type, name))
}
