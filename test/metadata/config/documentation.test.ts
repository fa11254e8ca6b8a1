import { describe, expect, it } from 'vitest'
import { documentationOf, purposeOf } from '../../../src/metadata/config/documentation.ts'
import {
  brokerSentences,
  clientMetricsSentences,
  groupSentences,
  topicSentences,
} from '../../../src/metadata/config/documentation-table.ts'
import {
  brokerConfigs,
  clientMetricsConfigs,
  groupConfigs,
  topicConfigs,
} from '../../../src/metadata/config/tables.ts'

const tables = [
  ['topic', topicConfigs()],
  ['broker', brokerConfigs()],
  ['group', groupConfigs()],
  ['client metrics', clientMetricsConfigs()],
] as const

function ofBroker(name: string): string {
  const definition = brokerConfigs().get(name)
  if (definition === undefined) throw new Error(`${name} does not exist`)
  return documentationOf(definition)
}

describe('documentation', () => {
  it.each(tables)('is there for every %s config, in short sentences', (_, table) => {
    for (const definition of table.values()) {
      if (definition.internal) continue
      const text = documentationOf(definition)
      expect(text, definition.name).toMatch(/^[A-Z].*\.$/s)
      expect(text, definition.name).not.toMatch(/\s\s|\n|undefined|\.\./)
      expect(text.length, definition.name).toBeLessThan(320)
    }
  })

  it.each(tables)('says what every %s config does that is built', (_, table) => {
    const silent = [...table.values()].filter(
      (definition) =>
        definition.standing.support === 'built' &&
        !definition.internal &&
        purposeOf(definition) === undefined,
    )
    expect(silent.map(({ name }) => name)).toEqual([])
  })

  it.each([
    ['topic', topicSentences],
    ['broker', brokerSentences],
    ['group', groupSentences],
    ['client metrics', clientMetricsSentences],
  ])('of %s configs stands in the order of the names', (_, sentences) => {
    const names = sentences
      .trim()
      .split('\n')
      .map((line) => line.slice(0, line.indexOf('|')))
    expect(names).toEqual([...names].sort())
  })

  it('ends with what stands behind the config', () => {
    expect(ofBroker('num.partitions')).toBe(
      'How many partitions a topic gets that is created without saying so.',
    )
    expect(ofBroker('num.io.threads')).toBe(
      'Without meaning on a single node. ' +
        "Threads, queues, buffers and the pace of background work are the engine's own.",
    )
    expect(ofBroker('transaction.max.timeout.ms')).toBe(
      'The longest time that a transaction may ask for. ' +
        'Not built yet: any value is kept and has no effect.',
    )
    expect(ofBroker('ssl.keystore.location')).toBe(
      'Only the default is taken: TLS is not built yet.',
    )
  })

  it('of a broker config behind a topic config names it, and the unit', () => {
    const size = 'The size at which a segment is closed and the next begun.'
    expect(ofBroker('log.segment.bytes')).toBe(
      `The segment.bytes of topics that do not set it. ${size}`,
    )
    expect(ofBroker('log.roll.hours')).toMatch(
      /^The segment\.ms of topics that do not set it, in hours\. The age at which/,
    )
    expect(ofBroker('log.retention.minutes')).toMatch(/that do not set it, in minutes\. How old/)
  })

  it('of a broker config behind a group config names it, and what it bounds', () => {
    expect(ofBroker('group.consumer.session.timeout.ms')).toMatch(
      /^The consumer\.session\.timeout\.ms of groups that do not set it\./,
    )
    expect(ofBroker('group.share.min.session.timeout.ms')).toMatch(
      /^The least share\.session\.timeout\.ms that a group may set\./,
    )
    expect(ofBroker('group.streams.max.heartbeat.interval.ms')).toMatch(
      /^The largest streams\.heartbeat\.interval\.ms that a group may set\./,
    )
  })
})
