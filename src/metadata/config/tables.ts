/** The tables of configs, each read when it is first asked for. */
import { assert } from '../../base/assert.ts'
import { brokerTable } from './broker-table.ts'
import {
  brokerDefaults,
  ownBrokerTable,
  ownTopicTable,
  readAtStart,
  topicDefaults,
} from './defaults.ts'
import { type ConfigDefinition, type ConfigTable, readTable, type Standing } from './definition.ts'
import { clientMetricsTable, groupTable } from './group-table.ts'
import { standingsOf } from './support.ts'
import { brokerSupport, clientMetricsSupport, groupSupport, topicSupport } from './support-table.ts'
import { topicTable } from './topic-table.ts'

/** Every broker config by name. */
export const brokerConfigs: () => ConfigTable = once(() =>
  readTable(brokerTable + ownBrokerTable, {
    standingOf: standingsOf(brokerSupport),
    defaults: brokerDefaults,
    readOnly: readAtStart,
  }),
)

/** Every topic config by name. */
export const topicConfigs: () => ConfigTable = once(() =>
  readTable(topicTable + ownTopicTable, {
    standingOf: standingsOf(topicSupport),
    defaults: topicDefaults,
  }),
)

/** Every config of a group by name. */
export const groupConfigs: () => ConfigTable = once(() =>
  readTable(groupTable, { standingOf: standingsOf(groupSupport) }),
)

/** Every config of a client metrics subscription by name. */
export const clientMetricsConfigs: () => ConfigTable = once(() =>
  readTable(clientMetricsTable, { standingOf: standingsOf(clientMetricsSupport) }),
)

/** What Apache Kafka reads with a listener's prefix besides `ssl.*` and `sasl.*`. */
const perListener: ReadonlySet<string> = new Set([
  'connections.max.reauth.ms',
  'max.connection.creation.rate',
  'max.connections',
  'num.network.threads',
  'principal.builder.class',
])

const ofOneListener: Standing = { support: 'not yet', subject: 'Settings of one listener' }

/** What has its effect for one listener alone (src/broker/flow-control.ts). */
const builtPerListener: ReadonlySet<string> = new Set([
  'max.connection.creation.rate',
  'max.connections',
])

/**
 * The definition behind a broker config's name. `listener.name.<listener>.<config>` is the config
 * for one listener, `listener.name.<listener>.<mechanism>.<config>` that for one SASL mechanism;
 * only the configs have these forms that Apache Kafka reads in them.
 */
export function brokerDefinition(name: string): ConfigDefinition | undefined {
  const table = brokerConfigs()
  const plain = table.get(name)
  if (plain !== undefined || !name.startsWith('listener.name.')) return plain
  const rest = name.split('.').slice(3)
  const [config, ofMechanism] = [rest.join('.'), rest.slice(1).join('.')]
  const isPrefixed = /^s(sl|asl)\./.test(config) || perListener.has(config)
  const isOfMechanism = ofMechanism.startsWith('sasl.') || ofMechanism === reauthentication
  const found = isPrefixed ? table.get(config) : isOfMechanism ? table.get(ofMechanism) : undefined
  if (found === undefined || found.standing.support === 'refused') return found
  if (builtPerListener.has(config)) return found
  return { ...found, standing: ofOneListener }
}

const reauthentication = 'connections.max.reauth.ms'

function once(make: () => ConfigTable): () => ConfigTable {
  let table: ConfigTable | undefined
  return () => {
    table ??= make()
    assert(table.size > 0, 'a table has configs')
    return table
  }
}
