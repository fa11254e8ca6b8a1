/**
 * The configs of a group and of a client metrics subscription.
 *
 * Facts of Apache Kafka 4.3.1's own definitions, one config a line, in the form that
 * `table.ts` describes. What Odradek decides differently stands in `defaults.ts`.
 */
export const groupTable = `
consumer.assignment.interval.ms|int|m||1000|0..
consumer.heartbeat.interval.ms|int|m||5000|1..
consumer.session.timeout.ms|int|m||45000|1..
share.assignment.interval.ms|int|m||1000|0..
share.auto.offset.reset|string|m||latest|{latest,earliest}/@duration
share.delivery.count.limit|int|m||5|2..
share.heartbeat.interval.ms|int|m||5000|1..
share.isolation.level|string|m||read_uncommitted|{read_committed,read_uncommitted}
share.partition.max.record.locks|int|m||2000|100..
share.record.lock.duration.ms|int|m||30000|1000..
share.renew.acknowledge.enable|boolean|m||true
share.session.timeout.ms|int|m||45000|1..
streams.assignment.interval.ms|int|m||1000|0..
streams.heartbeat.interval.ms|int|m||5000|1..
streams.initial.rebalance.delay.ms|int|m||3000|0..
streams.num.standby.replicas|int|m||0|0..
streams.session.timeout.ms|int|m||45000|1..
`

/** The configs of a client metrics subscription (KIP-714). */
export const clientMetricsTable = `
interval.ms|int|m||300000
match|list|m|||[*]e
metrics|list|m|||[*]e
`
