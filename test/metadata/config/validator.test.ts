import { describe, expect, it } from 'vitest'
import { type ConfigDefinition, readTable } from '../../../src/metadata/config/definition.ts'
import { topicConfigs } from '../../../src/metadata/config/tables.ts'
import { parseConfig } from '../../../src/metadata/config/validator.ts'

/** Config, text, and what Apache Kafka 4.3.1 says of it when a topic is created with it. */
const refusedByKafka: [string, string, string][] = [
  ['retention.ms', 'abc', 'Not a number of type LONG'],
  ['segment.bytes', '1', 'Value must be at least 1048576'],
  ['segment.index.bytes', '1', 'Value must be at least 4'],
  [
    'compression.type',
    'foo',
    'String must be one of: uncompressed, zstd, lz4, snappy, gzip, producer',
  ],
  ['preallocate', 'maybe', 'Expected value to be either true or false'],
  ['min.cleanable.dirty.ratio', 'x', 'Not a number of type DOUBLE'],
  ['max.message.bytes', '99999999999', 'Not a number of type INT'],
  ['compression.gzip.level', '0', 'Value must be between 1 and 9 or equal to -1'],
  ['compression.zstd.level', '100', 'Value must be no more than 22'],
  ['message.timestamp.type', 'x', 'String must be one of: CreateTime, LogAppendTime'],
]

describe('a topic config that Apache Kafka refuses', () => {
  it.each(refusedByKafka)('%s=%s', (name, text, reason) => {
    expect(parseConfig(topic(name), text).problem).toBe(
      `Invalid value ${text} for configuration ${name}: ${reason}`,
    )
  })

  it('is shown as it was parsed', () => {
    expect(parseConfig(topic('min.cleanable.dirty.ratio'), '2').problem).toBe(
      'Invalid value 2.0 for configuration min.cleanable.dirty.ratio: Value must be no more than 1',
    )
    expect(parseConfig(topic('cleanup.policy'), 'foo').problem).toMatch(
      /\[foo\] for configuration cleanup.policy: String must be one of: compact, delete$/,
    )
    expect(parseConfig(topic('leader.replication.throttled.replicas'), 'x').problem).toMatch(
      /^Invalid value \[x\] .*: Value must be empty, \* or a list of partition:broker$/,
    )
  })
})

describe('a topic config that Apache Kafka takes', () => {
  it.each<[string, string, unknown]>([
    ['cleanup.policy', 'delete,delete', ['delete']],
    ['cleanup.policy', '', []],
    ['cleanup.policy', ' compact , delete ', ['compact', 'delete']],
    ['retention.ms', ' 1000 ', 1000],
    ['retention.ms', '-1', -1],
    ['flush.ms', '9223372036854775807', Infinity],
    ['compression.gzip.level', '-1', -1],
    ['leader.replication.throttled.replicas', '*', ['*']],
    ['leader.replication.throttled.replicas', '0:1,1:2', ['0:1', '1:2']],
    ['preallocate', 'TRUE', true],
    ['min.cleanable.dirty.ratio', '1', 1],
  ])('%s=%s', (name, text, value) => {
    expect(parseConfig(topic(name), text)).toEqual({ value, problem: undefined })
  })
})

describe('other rules', () => {
  const table = readTable(
    [
      'word|string|m||b|{a,B}i',
      'full|list|m||x|[*]',
      'maybe|list|m||~|[*]n',
      'text|string|m||x|!empty',
      'secret|password|m||~|!empty|s',
      'quorum|list|m|||@voters',
      'hosts|list|m|||@endpoints',
      'reset|string|m||latest|{latest}/@duration',
    ].join('\n'),
    { standingOf: () => ({ support: 'built', subject: 'Tests' }) },
  )
  const problem = (name: string, text: string) => parseConfig(table.get(name)!, text).problem

  it.each<[string, string, RegExp | undefined]>([
    ['word', 'b', undefined],
    ['word', 'c', /case insensitive/],
    ['full', '', /must not be empty/],
    ['full', 'a,,b', /empty element/],
    ['text', ' ', /non-empty/],
    ['quorum', '1@a:1,2@[::1]:2', undefined],
    ['quorum', '', undefined],
    ['quorum', 'a:1', /id@host:port/],
    ['quorum', '1@a:99999', /id@host:port/],
    ['hosts', 'a:1,b', /host:port/],
    ['reset', 'by_duration:PT1H30M', undefined],
    ['reset', 'by_duration:P1DT0.5S', undefined],
    ['reset', 'by_duration:P', /ISO 8601/],
    ['reset', 'by_duration:PT', /ISO 8601/],
    ['reset', 'earliest', /latest or by_duration/],
  ])('%s=%s', (name, text, expected) => {
    const found = problem(name, text)
    if (expected === undefined) expect(found).toBeUndefined()
    else expect(found).toMatch(expected)
  })

  it('keep a password out of their sentences', () => {
    expect(problem('secret', '')).toBe(
      'Invalid value [hidden] for configuration secret: String must be non-empty',
    )
  })
})

function topic(name: string): ConfigDefinition {
  return topicConfigs().get(name)!
}
