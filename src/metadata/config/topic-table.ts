/**
 * The configs of a topic: name, type, bounds and default.
 *
 * Facts of Apache Kafka 4.3.1's own definitions, one config a line, in the form that
 * `table.ts` describes. What Odradek decides differently stands in `defaults.ts`.
 */
export const topicTable = `
cleanup.policy|list|m||delete|[compact,delete]e
compression.gzip.level|int|m||-1|1..9/{-1}
compression.lz4.level|int|m||9|1..17
compression.type|string|m||producer|{uncompressed,zstd,lz4,snappy,gzip,producer}
compression.zstd.level|int|m||3|-131072..22
delete.retention.ms|long|m||86400000|0..
file.delete.delay.ms|long|m||60000|0..
flush.messages|long|m||9223372036854775807|1..
flush.ms|long|m||9223372036854775807|0..
follower.replication.throttled.replicas|list|m|||{,*}/@replicas
index.interval.bytes|int|m||4096|0..
internal.segment.bytes|int|m||~||i
leader.replication.throttled.replicas|list|m|||{,*}/@replicas
local.retention.bytes|long|m||-2|-2..
local.retention.ms|long|m||-2|-2..
max.compaction.lag.ms|long|m||9223372036854775807|1..
max.message.bytes|int|m||1048588|0..
message.timestamp.after.max.ms|long|m||3600000|0..
message.timestamp.before.max.ms|long|m||9223372036854775807|0..
message.timestamp.type|string|m||CreateTime|{CreateTime,LogAppendTime}
min.cleanable.dirty.ratio|double|m||0.5|0..1
min.compaction.lag.ms|long|m||0|0..
min.insync.replicas|int|m||1|1..
preallocate|boolean|m||false
remote.log.copy.disable|boolean|m||false
remote.log.delete.on.disable|boolean|m||false
remote.storage.enable|boolean|m||false
retention.bytes|long|m||-1
retention.ms|long|m||604800000|-1..
segment.bytes|int|m||1073741824|1048576..
segment.index.bytes|int|m||10485760|4..
segment.jitter.ms|long|m||0|0..
segment.ms|long|m||604800000|1..
unclean.leader.election.enable|boolean|m||false
`
