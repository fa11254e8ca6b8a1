import { describe, expect, it } from 'vitest'
import { BrokerConfig, readBrokerConfig } from '../../../src/metadata/config/broker-config.ts'
import { brokerConfigs } from '../../../src/metadata/config/tables.ts'
import { parseConfig } from '../../../src/metadata/config/validator.ts'

describe('the table of broker configs', () => {
  it('has valid defaults only', () => {
    expect(brokerConfigs().size).toBe(366)
    for (const definition of brokerConfigs().values()) {
      if (definition.default === null) continue
      expect(parseConfig(definition, definition.default).problem, definition.name).toBeUndefined()
    }
  })
})

describe('readBrokerConfig', () => {
  it('lets overrides win over the file, and the last entry of a file over the others', () => {
    const read = readBrokerConfig({
      file: { name: 'f', text: 'num.partitions=2\nnum.partitions=3\nlog.dirs=/a, /b' },
      overrides: [['log.dirs', '/c']],
    })
    expect(read.config?.number('num.partitions')).toBe(3)
    expect(read.config?.list('log.dirs')).toEqual(['/c'])
  })

  it('warns of unknown names in a file, naming file, line and the nearest name', () => {
    const text = '# x\nnum.partition=2\nmy.plugin.thing=1\nleader.replication.throttled.rate=5'
    const read = readBrokerConfig({ file: { name: 'server.properties', text } })
    expect(read.problem).toBeUndefined()
    expect(read.problem === undefined && read.warnings).toEqual([
      "server.properties, line 2: unknown config 'num.partition'; " +
        "did you mean 'num.partitions'?; it is not used",
      "server.properties, line 3: unknown config 'my.plugin.thing', " +
        'a name that no Kafka broker knows; it is not used',
      "server.properties, line 4: config 'leader.replication.throttled.rate' " +
        'can only be set while the broker runs; it is not used',
    ])
    expect(read.config?.number('num.partitions')).toBe(1)
  })

  it.each<[Parameters<typeof readBrokerConfig>[0], string]>([
    [
      { overrides: [['num.partition', '2']] },
      "unknown config 'num.partition'; did you mean 'num.partitions'?",
    ],
    [
      { overrides: [['num.partitions', '0']] },
      'Invalid value 0 for configuration num.partitions: Value must be at least 1',
    ],
    [
      { file: { name: 'f', text: '\nnum.partitions=x' } },
      'f, line 2: Invalid value x for configuration num.partitions: Not a number of type INT',
    ],
    [{ file: { name: 'f', text: 'a=\\u1' } }, 'f, line 1: \\u needs four hexadecimal digits'],
  ])('refuses %j in one sentence', (source, problem) => {
    expect(readBrokerConfig(source).problem).toBe(problem)
  })

  it('knows configs of one listener and one mechanism', () => {
    const authentication = 'listener.name.internal.ssl.client.auth'
    const limit = 'listener.name.internal.max.connections'
    const read = readBrokerConfig({
      overrides: [
        [authentication, 'none'],
        [limit, '7'],
      ],
    })
    expect(read.config?.text(authentication)).toBe('none')
    expect(read.config?.number(limit)).toBe(7)
    const password = 'listener.name.internal.scram-sha-256.sasl.jaas.config'
    expect(readBrokerConfig({ overrides: [[password, 'xyzzy']] }).problem).toBe(
      `config '${password}' cannot be set: SASL is not built yet; leave it out`,
    )
    const wrong = [['listener.name.internal.ssl.client.auth', 'no']] as const
    expect(readBrokerConfig({ overrides: wrong }).problem).toMatch(/must be one of/)
    const unknown = [['listener.name.internal.nonsense', 'no']] as const
    expect(readBrokerConfig({ overrides: unknown }).problem).toMatch(/^unknown config/)
  })

  it('refuses in a file, with its place, what promises more than there is', () => {
    const text = 'num.partitions=2\nssl.protocol=TLSv1.3\nssl.key.password=xyzzy'
    expect(readBrokerConfig({ file: { name: 'f', text } }).problem).toBe(
      "f, line 3: config 'ssl.key.password' cannot be set: TLS is not built yet; leave it out",
    )
  })

  it('takes node.id and broker.id for the same', () => {
    expect(readBrokerConfig({ overrides: [['broker.id', '7']] }).config?.number('node.id')).toBe(7)
    expect(readBrokerConfig({ overrides: [['node.id', '8']] }).config?.number('broker.id')).toBe(8)
    const file = { name: 'f', text: 'node.id=8\nbroker.id=7' }
    const sentence = 'node.id is 8 and broker.id 7; leave broker.id out'
    expect(readBrokerConfig({ file }).problem).toBe(sentence)
  })
})

describe('BrokerConfig', () => {
  it('tells which static values differ from the default, by what stands behind them', () => {
    const fixed = {
      'num.io.threads': '9',
      'background.threads': '10',
      'offsets.topic.compression.codec': '2',
      'num.partitions': '2',
      'broker.rack': 'r',
      'listener.name.inside.max.connections': '5',
    }
    const config = new BrokerConfig(new Map(Object.entries(fixed)), new Map([['log.dirs', '/a']]))
    expect(config.changedOf('no meaning')).toEqual(['num.io.threads'])
    expect(config.changedOf('built')).toEqual([
      'broker.rack',
      'listener.name.inside.max.connections',
      'num.partitions',
    ])
    expect(config.changedOf('not yet')).toEqual(['offsets.topic.compression.codec'])
    expect(config.changedOf('refused')).toEqual([])
  })

  it('looks at the broker, all brokers, the file, the default, in this order', () => {
    const name = 'num.recovery.threads.per.data.dir'
    const fixed = new Map([[name, '3']])
    expect(new BrokerConfig().number(name)).toBe(2)
    const config = new BrokerConfig(fixed)
    expect(config.number(name)).toBe(3)
    expect(config.withDynamic(new Map(), new Map([[name, '4']])).number(name)).toBe(4)
    const both = config.withDynamic(new Map([[name, '5']]), new Map([[name, '4']]))
    expect(both.number(name)).toBe(5)
    expect(both.withDynamic(new Map([[name, 'nonsense']]), new Map()).number(name)).toBe(3)
  })

  it('has our own defaults where Odradek differs', () => {
    const config = new BrokerConfig()
    expect(config.number('log.flush.interval.messages')).toBe(1)
    expect(config.number('offsets.topic.replication.factor')).toBe(1)
    expect(config.text('odradek.validate.compressed')).toBe('header')
    expect(config.number('node.id')).toBe(1)
  })

  it('gives null and empty lists for what is not set, and fails on a wrong type or name', () => {
    const config = new BrokerConfig()
    expect(config.text('broker.rack')).toBeNull()
    expect(config.list('log.dirs')).toEqual([])
    expect(config.flag('auto.create.topics.enable')).toBe(true)
    expect(() => config.number('broker.rack')).toThrow(/number/)
    expect(() => config.flag('num.partitions')).toThrow(/flag/)
    expect(() => config.number('no.such.config')).toThrow(/exists/)
  })
})
