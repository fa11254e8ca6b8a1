import { describe, expect, it } from 'vitest'
import { BrokerConfig, readBrokerConfig } from '../../../src/metadata/config/broker-config.ts'
import {
  brokerRuleProblem,
  clientMetricsRuleProblem,
  groupRuleProblem,
} from '../../../src/metadata/config/rules.ts'
import { brokerConfigs } from '../../../src/metadata/config/tables.ts'

function configOf(settings: Record<string, string>): BrokerConfig {
  return new BrokerConfig(new Map(Object.entries(settings)))
}

describe('rules between configs of a broker', () => {
  it('hold by default, also where the defaults are set', () => {
    expect(brokerRuleProblem(configOf({}))).toBeUndefined()
    const texts = [...brokerConfigs().values()].flatMap(({ name, default: text }) =>
      text === null ? [] : [[name, text] as const],
    )
    expect(brokerRuleProblem(new BrokerConfig(new Map(texts)))).toBeUndefined()
  })

  /** Apache Kafka 4.3.1 refuses each of these. */
  it.each<[Record<string, string>, string]>([
    [{ 'log.retention.ms': '0' }, 'log.retention.ms must be -1 for any age, or at least 1'],
    [
      { 'log.retention.minutes': '0' },
      'log.retention.minutes must be -1 for any age, or at least 1',
    ],
    [{ 'log.retention.hours': '0' }, 'log.retention.hours must be -1 for any age, or at least 1'],
    [{ 'log.roll.ms': '0' }, 'log.roll.ms must be at least 1'],
    [{ 'log.roll.jitter.ms': '-1' }, 'log.roll.jitter.ms must be at least 0'],
    [
      { 'connections.max.idle.ms': '0' },
      'connections.max.idle.ms must be more than 100, or negative for ever',
    ],
    [
      { 'max.connections.per.ip': '0' },
      'max.connections.per.ip can be 0 only where max.connections.per.ip.overrides ' +
        'says who may connect',
    ],
    [
      { 'max.connections.per.ip.overrides': '127.0.0.1:5, foo' },
      '"foo" in max.connections.per.ip.overrides is not of the form HOST:NUMBER ' +
        'with an address or the name of a host',
    ],
    [
      { 'queued.max.request.bytes': '5' },
      'queued.max.request.bytes must be at least socket.request.max.bytes, or -1 for any number',
    ],
    [
      { 'log.cleaner.dedupe.buffer.size': '100' },
      'log.cleaner.dedupe.buffer.size must be at least 1 MiB for each of log.cleaner.threads',
    ],
    [
      { 'offsets.topic.compression.codec': '9' },
      'offsets.topic.compression.codec must be 0 to 4; there is no codec 9',
    ],
    [
      { 'group.coordinator.rebalance.protocols': 'consumer' },
      'group.coordinator.rebalance.protocols must name classic',
    ],
    [
      {
        'group.consumer.min.session.timeout.ms': '50000',
        'group.consumer.max.session.timeout.ms': '46000',
      },
      'group.consumer.max.session.timeout.ms must be at least ' +
        'group.consumer.min.session.timeout.ms',
    ],
    [
      { 'group.consumer.session.timeout.ms': '70000' },
      'group.consumer.session.timeout.ms must be less than or equal to ' +
        'group.consumer.max.session.timeout.ms',
    ],
    [
      { 'group.share.session.timeout.ms': '44000' },
      'group.share.session.timeout.ms must be greater than or equal to ' +
        'group.share.min.session.timeout.ms',
    ],
  ])('%j', (settings, problem) => {
    expect(brokerRuleProblem(configOf(settings))).toBe(problem)
    const file = Object.entries(settings).map(([name, value]) => `${name}=${value}`)
    const read = readBrokerConfig({ file: { name: 'f', text: file.join('\n') } })
    expect(read.problem).toBe(problem)
  })

  /** Apache Kafka 4.3.1 takes each of these. */
  it.each<Record<string, string>>([
    { 'log.retention.ms': '-2' },
    { 'log.retention.hours': '0', 'log.retention.ms': '5' },
    { 'connections.max.idle.ms': '-1' },
    { 'queued.max.request.bytes': '0' },
    { 'max.connections.per.ip': '0', 'max.connections.per.ip.overrides': '127.0.0.1:5' },
    { 'group.min.session.timeout.ms': '5000', 'group.max.session.timeout.ms': '4000' },
    { 'log.cleaner.min.compaction.lag.ms': '10', 'log.cleaner.max.compaction.lag.ms': '5' },
  ])('%j is fine', (settings) => {
    expect(brokerRuleProblem(configOf(settings))).toBeUndefined()
  })
})

describe("rules of a group's configs", () => {
  const problem = (texts: Record<string, string>, broker = configOf({})) =>
    groupRuleProblem(new Map(Object.entries(texts)), broker)

  it("are the broker's bounds", () => {
    expect(problem({ 'consumer.session.timeout.ms': '50000' })).toBeUndefined()
    expect(problem({ 'consumer.session.timeout.ms': '1' })).toBe(
      'consumer.session.timeout.ms must be greater than or equal to ' +
        'group.consumer.min.session.timeout.ms',
    )
    expect(problem({ 'consumer.heartbeat.interval.ms': '46000' })).toBe(
      'consumer.heartbeat.interval.ms must be less than or equal to ' +
        'group.consumer.max.heartbeat.interval.ms',
    )
    const wider = configOf({ 'group.consumer.min.session.timeout.ms': '1' })
    expect(problem({ 'consumer.session.timeout.ms': '1' }, wider)).toBeUndefined()
  })

  it('leave alone what has no bounds', () => {
    expect(problem({ 'share.isolation.level': 'read_committed' })).toBeUndefined()
    expect(problem({})).toBeUndefined()
  })
})

describe('the interval of a client metrics subscription', () => {
  it.each([
    ['100', true],
    ['3600000', true],
    ['99', false],
    ['3600001', false],
  ])('%s: %s', (interval, isFine) => {
    const told = `Invalid value ${interval} for interval.ms, interval must be between`
    const problem = clientMetricsRuleProblem(new Map([['interval.ms', interval]]))
    expect(problem ?? 'fine').toContain(isFine ? 'fine' : told)
    expect(clientMetricsRuleProblem(new Map([['match', '']]))).toBeUndefined()
  })
})
