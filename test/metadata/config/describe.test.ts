import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { BrokerConfig, readBrokerConfig } from '../../../src/metadata/config/broker-config.ts'
import {
  brokerDefaults,
  readAtStart,
  topicDefaults,
} from '../../../src/metadata/config/defaults.ts'
import {
  createdTopicConfigs,
  describeBrokerConfigs,
  describeClientMetricsConfigs,
  describeDefaultBrokerConfigs,
  describeGroupConfigs,
  describeTopicConfigs,
} from '../../../src/metadata/config/describe.ts'
import type { DescribeConfigsResourceResult } from '../../../src/protocol/generated/32-describe-configs.ts'

const all = { names: null, synonyms: true }
const noTexts = new Map<string, string>()

describe('compared with Apache Kafka', () => {
  const broker = configOf(fixture('server.properties').toString()).withDynamic(
    new Map([['log.cleaner.threads', '2']]),
    new Map([
      ['min.insync.replicas', '1'],
      ['log.retention.ms', '12345'],
    ]),
  )
  const texts = new Map([
    ['retention.ms', '1000'],
    ['cleanup.policy', 'compact, delete'],
  ])
  const ourDecisions = new Set([...brokerDefaults.keys(), ...readAtStart])
  const sections: [string, DescribeConfigsResourceResult[], ReadonlySet<string>][] = [
    ['TOPIC', describeTopicConfigs(texts, broker, all), new Set(topicDefaults.keys())],
    ["BROKER, name='1'", describeBrokerConfigs(broker, all), ourDecisions],
    ["BROKER, name=''", describeDefaultBrokerConfigs(broker, all), new Set()],
  ]

  it.each(sections)('%s is described alike but for our own defaults', (name, ours, different) => {
    const comparable = (line: string) =>
      !different.has(line.slice(0, line.indexOf('='))) && !line.startsWith('odradek.')
    const expected = describedByKafka(name)
    expect(expected.length).toBeGreaterThan(1)
    expect(ours.map(line).filter(comparable).sort()).toEqual(expected.filter(comparable).sort())
  })

  it('our own configs and defaults are the only ones that differ', () => {
    const names = sections[1]![1].map((one) => one.name)
    expect(names.filter((name) => name.startsWith('odradek.'))).toEqual([
      'odradek.clamp.replication.factor',
      'odradek.max.uncompressed.batch.bytes',
      'odradek.validate.compressed',
    ])
    expect([...brokerDefaults.keys()].every((name) => names.includes(name))).toBe(true)
  })
})

describe('a broker config that only a restart changes here', () => {
  it('is described as read-only, whatever Apache Kafka can do with it', () => {
    const described = describeBrokerConfigs(configOf('num.network.threads=5'), all)
    const readOnly = described.filter((one) => readAtStart.has(one.name))
    expect(readOnly.map((one) => one.readOnly)).toEqual([true, true, true])
    const threads = described.find((one) => one.name === 'num.io.threads')
    expect(threads?.readOnly).toBe(false)
  })
})

describe('what is asked for', () => {
  it('is only the names that exist, with synonyms only when wanted', () => {
    const options = { names: ['retention.ms', 'nonsense'], synonyms: false }
    const described = describeTopicConfigs(new Map([['retention.ms', '5']]), configOf(''), options)
    expect(described).toMatchObject([{ name: 'retention.ms', value: '5', synonyms: [] }])
  })

  it('is documented by who knows what each config does', () => {
    const documentationOf = ({ name }: { name: string }) => `About ${name}.`
    const options = { names: ['retention.ms'], synonyms: false, documentationOf }
    const [described] = describeTopicConfigs(noTexts, configOf(''), options)
    expect(described?.documentation).toBe('About retention.ms.')
    const [plain] = describeTopicConfigs(noTexts, configOf(''), all)
    expect(plain?.documentation).toBeNull()
  })

  it('never holds a password, nor an internal config', () => {
    const passwords = { 'ssl.key.password': 'xyzzy', 'sasl.jaas.config': 'plugh' }
    const broker = new BrokerConfig(new Map(Object.entries(passwords)))
    const described = describeBrokerConfigs(broker, all)
    expect(JSON.stringify(described)).not.toMatch(/xyzzy|plugh/)
    const password = described.find((one) => one.name === 'ssl.key.password')
    expect(password).toMatchObject({ value: null, isSensitive: true, configSource: 4 })
    expect(described.some((one) => one.name === 'unstable.api.versions.enable')).toBe(false)
  })

  it('shows a config in other units behind the one that is named like it', () => {
    const broker = configOf('log.retention.hours=1')
    const find = (name: string) =>
      describeTopicConfigs(noTexts, broker, all).find((one) => one.name === name)
    expect(find('retention.ms')).toMatchObject({ value: '3600000', synonyms: [], configSource: 5 })
    const dynamic = broker.withDynamic(noTexts, new Map([['log.retention.ms', '7']]))
    const described = describeTopicConfigs(noTexts, dynamic, all)
    expect(described.find((one) => one.name === 'retention.ms')?.synonyms).toEqual([
      { name: 'log.retention.ms', value: '7', source: 3 },
      { name: 'log.retention.hours', value: '1', source: 4 },
      { name: 'log.retention.hours', value: '168', source: 5 },
    ])
  })
})

describe('groups and client metrics', () => {
  it('have their own value, or that of the broker', () => {
    const broker = configOf('group.consumer.session.timeout.ms=46000')
    const own = new Map([
      ['share.isolation.level', 'read_committed'],
      ['streams.session.timeout.ms', '50000'],
    ])
    const described = describeGroupConfigs(own, broker, all)
    const find = (name: string) => described.find((one) => one.name === name)
    expect(described).toHaveLength(17)
    // As Apache Kafka 4.3.1 answered: behind a group's own value are those of the broker's config.
    const session = 'consumer.session.timeout.ms'
    expect(find(session)).toMatchObject({ value: '46000', configSource: 4 })
    expect(find(session)?.synonyms).toEqual([
      { name: `group.${session}`, value: '46000', source: 4 },
      { name: `group.${session}`, value: '45000', source: 5 },
    ])
    expect(find('streams.session.timeout.ms')?.synonyms).toEqual([
      { name: 'streams.session.timeout.ms', value: '50000', source: 8 },
      { name: 'group.streams.session.timeout.ms', value: '45000', source: 5 },
    ])
    expect(find('share.isolation.level')?.synonyms).toEqual([
      { name: 'share.isolation.level', value: 'read_committed', source: 8 },
      { name: 'share.isolation.level', value: 'read_uncommitted', source: 5 },
    ])
    expect(find('share.auto.offset.reset')?.value).toBe('latest')
    const metrics = describeClientMetricsConfigs(new Map([['interval.ms', '100']]), all)
    for (const { synonyms } of metrics) expect(synonyms).toEqual([])
    expect(metrics.map(({ name, value, configSource }) => [name, value, configSource])).toEqual([
      ['interval.ms', '100', 7],
      ['match', '', 5],
      ['metrics', '', 5],
    ])
  })
})

describe('createdTopicConfigs', () => {
  it('are those of DescribeConfigs without what CreateTopics has no field for', () => {
    const [first] = createdTopicConfigs(new Map([['cleanup.policy', 'compact']]), configOf(''))
    expect(first).toEqual({
      name: 'cleanup.policy',
      value: 'compact',
      readOnly: false,
      configSource: 1,
      isSensitive: false,
    })
  })

  it("are told as they were written, the broker's in the unit of the topic", () => {
    const broker = configOf('log.retention.hours=2\nlog.cleaner.min.cleanable.ratio=1\n')
    const dynamic = broker.withDynamic(new Map(), new Map([['log.segment.bytes', ' 2097152']]))
    const texts = new Map([
      ['preallocate', 'FALSE'],
      ['max.message.bytes', ' 500 '],
    ])
    const told = (config: BrokerConfig) =>
      new Map(
        createdTopicConfigs(texts, config).map(({ name, value, configSource }) => {
          return [name, [value, configSource]]
        }),
      )
    const byName = told(dynamic)
    expect(byName.get('preallocate')).toEqual(['FALSE', 1])
    expect(byName.get('max.message.bytes')).toEqual([' 500 ', 1])
    expect(byName.get('segment.bytes')).toEqual([' 2097152', 3])
    expect(byName.get('retention.ms')).toEqual(['7200000', 4])
    expect(byName.get('min.cleanable.dirty.ratio')).toEqual(['1', 4])
    expect(byName.get('delete.retention.ms')).toEqual(['86400000', 5])
    const shorter = new Map([['log.retention.ms', '-2']])
    expect(told(broker.withDynamic(shorter, new Map())).get('retention.ms')).toEqual(['-2', 2])
  })
})

function configOf(text: string): BrokerConfig {
  const read = readBrokerConfig({ file: { name: 'server.properties', text } })
  if (read.problem !== undefined) throw new Error(read.problem)
  return read.config
}

function fixture(name: string): Buffer {
  return readFileSync(new URL(`fixtures/${name}`, import.meta.url))
}

/** The lines of the section whose heading holds `name`. */
function describedByKafka(name: string): string[] {
  const lines = gunzipSync(fixture('described.txt.gz')).toString().trimEnd().split('\n')
  const start = lines.findIndex((one) => one.startsWith('type=') && one.includes(name))
  const end = lines.findIndex((one, at) => at > start && one.startsWith('type='))
  return lines.slice(start + 1, end === -1 ? undefined : end)
}

const sources = [
  '',
  'DYNAMIC_TOPIC_CONFIG',
  'DYNAMIC_BROKER_CONFIG',
  'DYNAMIC_DEFAULT_BROKER_CONFIG',
  'STATIC_BROKER_CONFIG',
  'DEFAULT_CONFIG',
]
const types = [
  '',
  'BOOLEAN',
  'STRING',
  'INT',
  'SHORT',
  'LONG',
  'DOUBLE',
  'LIST',
  'CLASS',
  'PASSWORD',
]

/** A config in the form of the fixture. */
function line(one: DescribeConfigsResourceResult): string {
  const synonyms = one.synonyms.map(
    ({ name, value, source }) => `${name}=${value}/${sources[source]}`,
  )
  return (
    `${one.name}=${one.value} ${sources[one.configSource]} ro=${one.readOnly} ` +
    `s=${one.isSensitive} ${types[one.configType]} [${synonyms.join(', ')}]`
  )
}
