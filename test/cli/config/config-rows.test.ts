import { expect, test } from 'vitest'
import { configRows } from '../../../src/cli/config/config-rows.ts'
import type { ConfigEntry } from '../../../src/client/index.ts'

function entry(
  name: string,
  ...places: (readonly [ConfigEntry['source'], string | null])[]
): ConfigEntry {
  const [[source, value] = ['unknown', null] as const] = places
  const synonyms = places.map(([from, held]) => ({ name, value: held, source: from }))
  const rest = { isReadOnly: false, isSensitive: false, documentation: null }
  return { name, value, source, synonyms, ...rest }
}

const topic = [
  entry('segment.ms', ['default', '604800000']),
  entry('retention.ms', ['topic', '1000'], ['default-broker', '2000'], ['default', '3000']),
  entry('flush.ms', ['topic', '7']),
  entry('max.message.bytes', ['file', '99'], ['default', '1048588']),
]
const broker = [
  entry(
    'log.retention.ms',
    ['broker', '1'],
    ['default-broker', '2'],
    ['file', '3'],
    ['default', null],
  ),
  entry('num.io.threads', ['default-broker', '4']),
  entry('node.id', ['file', '1']),
]

test('what is set on a topic, by name, with what holds beneath it', () => {
  const rows = configRows('topic', topic, false)
  expect(rows.map((row) => [row.name, row.value, row.source, row.default])).toEqual([
    ['flush.ms', '7', 'topic', null],
    ['retention.ms', '1000', 'topic', '2000'],
  ])
})

test('what is set on a broker or on all of them', () => {
  const rows = configRows('broker', broker, false)
  expect(rows.map((row) => [row.name, row.value, row.source, row.default])).toEqual([
    ['log.retention.ms', '1', 'broker', '3'],
    ['num.io.threads', '4', 'default-broker', null],
  ])
})

test('everything, if that is what was asked for', () => {
  const rows = configRows('topic', topic, true)
  expect(rows.map((row) => [row.name, row.source, row.default])).toEqual([
    ['flush.ms', 'topic', null],
    ['max.message.bytes', 'file', '99'],
    ['retention.ms', 'topic', '2000'],
    ['segment.ms', 'default', '604800000'],
  ])
})
