import { describe, expect, it } from 'vitest'
import { BrokerConfig } from '../../../src/metadata/config/broker-config.ts'
import { topicConfigs } from '../../../src/metadata/config/tables.ts'
import { checkTopicConfigs, topicConfigValue } from '../../../src/metadata/config/topic-config.ts'

const noTexts = new Map<string, string>()

describe('checkTopicConfigs', () => {
  it.each<[Record<string, string | null>, string | undefined]>([
    [{ 'retention.ms': '1', 'cleanup.policy': 'compact' }, undefined],
    [{ 'foo.bar': '1' }, 'Unknown topic config name: foo.bar'],
    [
      { 'retention.msec': '1' },
      "Unknown topic config name: retention.msec; did you mean 'retention.ms'?",
    ],
    [{ 'retention.ms': null }, 'Null value not supported for topic configs: retention.ms'],
    [
      { 'min.compaction.lag.ms': '10', 'max.compaction.lag.ms': '5' },
      'conflict topic config setting min.compaction.lag.ms (10) > max.compaction.lag.ms (5)',
    ],
    [{ 'min.compaction.lag.ms': '10' }, undefined],
    [{ 'internal.segment.bytes': '2000' }, undefined],
    [{ 'odradek.validate.compressed': 'full' }, undefined],
  ])('%j', (texts, problem) => {
    expect(checkTopicConfigs(Object.entries(texts))).toBe(problem)
  })

  it('refuses tiered storage', () => {
    expect(checkTopicConfigs([['remote.storage.enable', 'true']])).toBe(
      "config 'remote.storage.enable' cannot be set: tiered storage is not built yet; leave it out",
    )
    expect(checkTopicConfigs([['remote.storage.enable', 'FALSE']])).toBeUndefined()
    expect(checkTopicConfigs([['local.retention.ms', '-2']])).toBeUndefined()
    expect(checkTopicConfigs([['local.retention.ms', '-1']])).toMatch(/tiered storage/)
  })

  it('lets be what was set before, by Apache Kafka, until it is changed', () => {
    const kept = new Map([['local.retention.ms', '5']])
    const after = new Map([...kept, ['retention.ms', '7']])
    expect(checkTopicConfigs(after)).toMatch(/tiered storage/)
    expect(checkTopicConfigs(after, kept)).toBeUndefined()
    expect(checkTopicConfigs([['local.retention.ms', '6']], kept)).toMatch(/tiered storage/)
  })
})

describe('topicConfigValue', () => {
  const broker = (texts: Record<string, string>) => new BrokerConfig(new Map(Object.entries(texts)))

  it('takes the own value, the synonyms in their order with their units, the default', () => {
    const read = (settings: Record<string, string>, own = noTexts) =>
      topicConfigValue('retention.ms', own, broker(settings))
    expect(read({})).toBe(604_800_000)
    expect(read({ 'log.retention.hours': '2' })).toBe(7_200_000)
    expect(read({ 'log.retention.hours': '2', 'log.retention.minutes': '3' })).toBe(180_000)
    expect(read({ 'log.retention.minutes': '3', 'log.retention.ms': '4' })).toBe(4)
    expect(read({ 'log.retention.hours': '-1' })).toBe(-1)
    expect(read({ 'log.retention.ms': '-2' })).toBe(-1)
    expect(read({ 'log.retention.ms': '4' }, new Map([['retention.ms', '5']]))).toBe(5)
    expect(read({}, new Map([['retention.ms', 'stored by somebody']]))).toBe(604_800_000)
  })

  it('has a value for every config but the internal one', () => {
    for (const [name, { internal }] of topicConfigs()) {
      const value = topicConfigValue(name, noTexts, new BrokerConfig())
      expect(value === null, name).toBe(internal)
    }
  })
})
