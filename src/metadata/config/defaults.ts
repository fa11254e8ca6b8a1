/**
 * Where Odradek differs from Apache Kafka's table of configs: other defaults, configs that only a
 * restart changes, and configs that only Odradek has.
 */

/** Broker configs with a default of our own, and why. */
export const brokerDefaults: ReadonlyMap<string, string> = new Map([
  // Acknowledged means durable, unless the operator asks for Kafka's page-cache behaviour.
  ['log.flush.interval.messages', '1'],
  // A single node is the ordinary case; three replicas could never be placed there.
  ['offsets.topic.replication.factor', '1'],
  ['transaction.state.log.replication.factor', '1'],
  ['transaction.state.log.min.isr', '1'],
  ['share.coordinator.state.topic.replication.factor', '1'],
  ['share.coordinator.state.topic.min.isr', '1'],
  // Kafka demands these of a file; here a start without any config has to work.
  ['process.roles', 'broker,controller'],
  ['node.id', '1'],
  ['controller.listener.names', 'CONTROLLER'],
  // No authentication by default, so nothing beyond this machine.
  ['listeners', 'PLAINTEXT://localhost:9092'],
  ['log.dir', 'odradek-data'],
  // Kafka's 102400 is less than a batch of a full-speed producer, which gets a third less through.
  ['socket.receive.buffer.bytes', '-1'],
])

/** Broker configs that Kafka changes while it runs and that are read at the start alone here. */
export const readAtStart: ReadonlySet<string> = new Set([
  'listeners',
  'listener.security.protocol.map',
  'num.network.threads',
])

/** Topic configs with a default of our own; they follow from the broker configs behind them. */
export const topicDefaults: ReadonlyMap<string, string> = new Map([['flush.messages', '1']])

/** Broker configs that Kafka does not have, as lines of a table. */
export const ownBrokerTable = `
odradek.clamp.replication.factor|boolean|m|c|false
odradek.max.uncompressed.batch.bytes|int|m|c|134217728|65536..1073741824
odradek.validate.compressed|string|m|c|header|{header,full}
`

/** Topic configs that Kafka does not have, as lines of a table. */
export const ownTopicTable = `
odradek.validate.compressed|string|m||header|{header,full}
`
