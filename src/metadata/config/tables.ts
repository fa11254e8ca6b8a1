/** The tables of configs, each read when it is first asked for. */
import { assert } from '../../base/assert.ts'
import { brokerTable } from './broker-table.ts'
import { brokerDefaults, ownBrokerTable, ownTopicTable, topicDefaults } from './defaults.ts'
import { type ConfigDefinition, type ConfigTable, readTable } from './definition.ts'
import { clientMetricsTable, groupTable } from './group-table.ts'
import { topicTable } from './topic-table.ts'

const none: ReadonlyMap<string, string> = new Map()

/** Every broker config by name. */
export const brokerConfigs: () => ConfigTable = once(() =>
  readTable(brokerTable + ownBrokerTable, brokerDefaults),
)

/** Every topic config by name. */
export const topicConfigs: () => ConfigTable = once(() =>
  readTable(topicTable + ownTopicTable, topicDefaults),
)

/** Every config of a group by name. */
export const groupConfigs: () => ConfigTable = once(() => readTable(groupTable, none))

/** Every config of a client metrics subscription by name. */
export const clientMetricsConfigs: () => ConfigTable = once(() =>
  readTable(clientMetricsTable, none),
)

/**
 * The definition behind a broker config's name. `listener.name.<listener>.<config>` is the config
 * for one listener, `listener.name.<listener>.<mechanism>.<config>` that for one SASL mechanism.
 */
export function brokerDefinition(name: string): ConfigDefinition | undefined {
  const table = brokerConfigs()
  const plain = table.get(name)
  if (plain !== undefined || !name.startsWith('listener.name.')) return plain
  const rest = name.split('.').slice(3)
  return table.get(rest.join('.')) ?? table.get(rest.slice(1).join('.'))
}

function once(make: () => ConfigTable): () => ConfigTable {
  let table: ConfigTable | undefined
  return () => {
    table ??= make()
    assert(table.size > 0, 'a table has configs')
    return table
  }
}
