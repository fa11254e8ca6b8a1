/** Levels of loggers over the wire; the codes and words are those of Apache Kafka 4.3.1. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { describeConfigsApi } from '../../../src/protocol/generated/32-describe-configs.ts'
import { alterConfigsApi } from '../../../src/protocol/generated/33-alter-configs.ts'
import { incrementalAlterConfigsApi } from '../../../src/protocol/generated/44-incremental-alter-configs.ts'
import { listConfigResourcesApi } from '../../../src/protocol/generated/74-list-config-resources.ts'
import { loggerNames } from '../../../src/telemetry/loggers.ts'
import { startTestBroker, type TestBroker } from '../fixture.ts'

const brokerLogger = 8
const cleaner = 'odradek.cleaner'

let running: TestBroker
beforeAll(async () => {
  running = await startTestBroker()
})
afterAll(() => running.broker.stop())

type Change = readonly [name: string, operation: number, value: string | null]

async function alter(node: string, changes: readonly Change[], validateOnly = false) {
  const configs = changes.map(([name, configOperation, value]) => {
    return { name, configOperation, value }
  })
  const resources = [{ resourceType: brokerLogger, resourceName: node, configs }]
  const request = { resources, validateOnly }
  const { responses } = await running.plane.send(incrementalAlterConfigsApi, 1, request)
  return [responses[0]?.errorCode, responses[0]?.errorMessage]
}

async function levels(names: readonly string[] | null = null): Promise<Record<string, unknown>> {
  const resources = [
    { resourceType: brokerLogger, resourceName: '1', configurationKeys: names && [...names] },
  ]
  const { results } = await running.plane.send(describeConfigsApi, 4, { resources })
  return Object.fromEntries(results[0]?.configs.map(({ name, value }) => [name, value]) ?? [])
}

beforeEach(async () => {
  await alter('1', [['root', 0, 'INFO'], ...loggerNames.slice(1).map((n) => [n, 1, null] as const)])
})

test('every logger is described with its level, as a config that may change', async () => {
  expect(await levels()).toEqual(Object.fromEntries(loggerNames.map((name) => [name, 'INFO'])))
  expect(await levels([])).toEqual(await levels())
  expect(await levels(['root', 'nothing'])).toEqual({ root: 'INFO' })
  const resources = [{ resourceType: brokerLogger, resourceName: '1', configurationKeys: ['root'] }]
  const request = { resources, includeSynonyms: true, includeDocumentation: true }
  const { results } = await running.plane.send(describeConfigsApi, 4, request)
  expect(results).toEqual([
    {
      errorCode: 0,
      errorMessage: '',
      resourceType: brokerLogger,
      resourceName: '1',
      configs: [
        {
          name: 'root',
          value: 'INFO',
          readOnly: false,
          configSource: 6,
          isSensitive: false,
          synonyms: [],
          configType: 0,
          documentation: '',
        },
      ],
    },
  ])
})

test.each([
  ['', 'Broker id must not be empty'],
  ['7', 'Unexpected broker id, expected 1 but received 7'],
  ['abc', 'Broker id must be an integer, but it is: abc'],
])('the loggers of broker "%s" are not described', async (resourceName, errorMessage) => {
  const resources = [{ resourceType: brokerLogger, resourceName, configurationKeys: null }]
  const { results } = await running.plane.send(describeConfigsApi, 4, { resources })
  expect(results).toMatchObject([{ errorCode: 42, errorMessage, configs: [] }])
})

test('a level that is set holds at once, also for the lines, until it is deleted', async () => {
  expect(await alter('1', [[cleaner, 0, 'DEBUG']])).toEqual([0, null])
  expect(await alter('1', [['root', 0, 'FATAL']])).toEqual([0, null])
  const expected = Object.fromEntries(loggerNames.map((name) => [name, 'FATAL']))
  expect(await levels()).toEqual({ ...expected, [cleaner]: 'DEBUG' })
  expect(await alter('1', [[cleaner, 1, null]])).toEqual([0, null])
  expect(await levels([cleaner])).toEqual({ [cleaner]: 'FATAL' })
  const refuse = () => running.plane.sendBytes(Buffer.from('000300ff0000000100', 'hex'), 2)
  const before = running.lines.length
  await refuse()
  expect(running.lines.slice(before)).toEqual([])
  await alter('1', [['odradek.requests', 0, 'INFO']])
  await refuse()
  expect(running.lines.slice(before).length).toBeGreaterThan(0)
})

describe('a change is refused', () => {
  const levelNames = 'DEBUG, ERROR, FATAL, INFO, TRACE, WARN'
  const badLevel = (level: string) =>
    `Cannot set the log level of ${cleaner} to ${level} as it is not a supported log level. ` +
    `Valid log levels are ${levelNames}`
  test.each<[string, Change, number, string]>([
    ['in small letters', [cleaner, 0, 'debug'], 40, badLevel('debug')],
    ['to a level that is none', [cleaner, 0, 'OFF'], 40, badLevel('OFF')],
    ['to nothing', [cleaner, 0, null], 42, `Null value not supported for : ${cleaner}`],
    ['of a logger that is not there', ['x', 0, 'INFO'], 40, 'Logger x does not exist!'],
    ['that deletes such a one', ['x', 1, null], 40, 'Logger x does not exist!'],
    [
      "that deletes root's",
      ['root', 1, null],
      42,
      'Removing the log level of the root logger is not allowed',
    ],
    [
      'that appends',
      [cleaner, 2, 'INFO'],
      42,
      'APPEND operation is not allowed for the BROKER_LOGGER resource',
    ],
    [
      'that subtracts',
      [cleaner, 3, 'INFO'],
      42,
      'SUBTRACT operation is not allowed for the BROKER_LOGGER resource',
    ],
  ])('%s', async (_, change, code, message) => {
    expect(await alter('1', [['root', 0, 'ERROR'], change])).toEqual([
      change[0] === 'root' ? 42 : code,
      change[0] === 'root' ? 'Error due to duplicate config keys' : message,
    ])
    expect(await alter('1', [change])).toEqual([code, message])
    expect(await levels(['root', cleaner])).toEqual({ root: 'INFO', [cleaner]: 'INFO' })
  })

  test.each([
    ['', 'Node id must be an integer, but it is: '],
    ['abc', 'Node id must be an integer, but it is: abc'],
    ['7', 'Unexpected node id. Expected 1, but received 7'],
  ])('of broker "%s"', async (node, message) => {
    expect(await alter(node, [['root', 0, 'ERROR']])).toEqual([42, message])
  })

  test('that replaces all, and is none where it is only tried', async () => {
    const configs = [{ name: 'root', value: 'ERROR' }]
    const resources = [{ resourceType: brokerLogger, resourceName: '1', configs }]
    const request = { resources, validateOnly: false }
    const { responses } = await running.plane.send(alterConfigsApi, 2, request)
    expect(responses).toMatchObject([{ errorCode: 42 }])
    expect(await alter('1', [['root', 0, 'ERROR']], true)).toEqual([0, null])
    expect(await levels(['root'])).toEqual({ root: 'INFO' })
  })
})

test('loggers and others are altered by one request, each answered in its place', async () => {
  const of = (resourceType: number, resourceName: string, name: string, value: string) => {
    return { resourceType, resourceName, configs: [{ name, configOperation: 0, value }] }
  }
  const resources = [
    of(4, '', 'log.retention.ms', '1000000'),
    of(brokerLogger, '1', cleaner, 'WARN'),
    of(2, 'nothing', 'retention.ms', '1'),
  ]
  const request = { resources, validateOnly: false }
  const { responses } = await running.plane.send(incrementalAlterConfigsApi, 1, request)
  expect(responses).toMatchObject([
    { errorCode: 0, resourceType: 4 },
    { errorCode: 0, resourceType: brokerLogger },
    { errorCode: 3, resourceType: 2 },
  ])
  expect(await levels([cleaner])).toEqual({ [cleaner]: 'WARN' })
})

test('each broker has loggers', async () => {
  const answer = await running.plane.send(listConfigResourcesApi, 1, { resourceTypes: [8] })
  expect(answer.configResources).toEqual([{ resourceName: '1', resourceType: brokerLogger }])
})
