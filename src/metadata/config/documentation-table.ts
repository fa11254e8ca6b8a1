/**
 * What configs do, in sentences of our own: `name|sentence`, one config a line. Loaded when
 * somebody asks for it. Broker configs behind a topic config, and those without an effect, get
 * theirs from `documentation.ts`.
 */

/** Sentences about topic configs. */
export const topicSentences = `
cleanup.policy|What happens to old records: "delete" drops whole segments by age and size, \
"compact" keeps the last record of each key, both do both; empty keeps everything.
compression.gzip.level|How hard gzip tries where the broker compresses for the topic; -1 is \
gzip's own choice.
compression.lz4.level|How hard lz4 tries where the broker compresses for the topic.
compression.type|The codec that batches are stored with; "producer" stores them as they come.
compression.zstd.level|How hard zstd tries where the broker compresses for the topic.
delete.retention.ms|How long a record without a value stays readable after compaction, so that \
readers learn of the deletion.
file.delete.delay.ms|How long the files of a dropped segment stay on the disk under another name.
flush.messages|After how many records a partition is made durable; at 1 an acknowledgement of all \
waits for the disk.
flush.ms|After how much time a record is made durable at the latest.
follower.replication.throttled.replicas|Replicas, as partition:broker, whose followers copy no \
faster than the throttled rate.
index.interval.bytes|How many bytes of batches lie between two entries of an offset index.
internal.segment.bytes|The size of a segment, for tests that want it below the least \
segment.bytes.
leader.replication.throttled.replicas|Replicas, as partition:broker, whose leaders send no faster \
than the throttled rate.
local.retention.bytes|How many bytes of a partition stay on this disk when the rest is in remote \
storage.
local.retention.ms|How long records stay on this disk when they are in remote storage too.
max.compaction.lag.ms|After how much time a record is compacted at the latest.
max.message.bytes|The largest batch that is taken, in bytes as it is stored.
message.timestamp.after.max.ms|How far ahead of the broker's clock a record's timestamp may be.
message.timestamp.before.max.ms|How far behind the broker's clock a record's timestamp may be.
message.timestamp.type|Whose clock stamps records: the producer's (CreateTime) or the broker's \
when it appends them (LogAppendTime).
min.cleanable.dirty.ratio|The share of a log that must not have been compacted yet before it is \
compacted again.
min.compaction.lag.ms|For how long a record is left alone by compaction.
min.insync.replicas|How many replicas must have a record before an acknowledgement of all.
odradek.validate.compressed|Whether compressed batches are judged by their header, or opened and \
checked record by record ("full").
preallocate|Whether a new segment gets its whole room on the disk at once.
remote.log.copy.disable|Whether segments are no longer copied to remote storage.
remote.log.delete.on.disable|Whether what is in remote storage goes when the topic leaves it.
remote.storage.enable|Whether old segments move to remote storage.
retention.bytes|How many bytes a partition may have before its oldest segments are dropped; -1 \
for any number.
retention.ms|How old a segment's newest record may be before the segment is dropped; -1 for any \
age.
segment.bytes|The size at which a segment is closed and the next begun.
segment.index.bytes|The largest size of a segment's indexes; a full one closes the segment.
segment.jitter.ms|The most that segment.ms is shortened by at random, so that not all segments of \
a broker close at once.
segment.ms|The age at which a segment is closed, even if it is not full.
unclean.leader.election.enable|Whether a replica that lacks records may lead when no other is \
left.
`

/** Sentences about broker configs. */
export const brokerSentences = `
advertised.listeners|What clients are told to connect to, as NAME://HOST:PORT for each listener; \
what is left out is told as it was reached.
auto.create.topics.enable|Whether a topic is created when a client that allows it asks for it.
broker.id|The older name of node.id.
broker.rack|The rack of this broker, as clients are told it.
connections.max.idle.ms|For how long a connection may be silent before it is closed.
controller.listener.names|Names of listeners that belong to the controller: nobody binds them \
here.
controller.quorum.voters|The nodes that vote, as id@host:port: this one alone, or empty.
controller.quota.window.num|Over how many windows changes of the metadata are counted for quotas.
controller.quota.window.size.seconds|Length of each of these windows.
cordoned.log.dirs|Log directories that get no new partitions; * means all.
default.replication.factor|How many replicas a topic gets that is created without saying so.
delete.topic.enable|Whether topics may be deleted.
fetch.max.bytes|The most bytes of one Fetch answer, whatever the client asks for.
group.initial.rebalance.delay.ms|How long an empty group waits for more members after the first.
group.max.session.timeout.ms|The longest session timeout that a member may ask for.
group.max.size|How many members a group may have.
group.min.session.timeout.ms|The shortest session timeout that a member may ask for.
inter.broker.listener.name|The listener that brokers use for each other; it must be one of \
listeners.
listener.security.protocol.map|The security protocol of each listener, as NAME:PROTOCOL.
listeners|Where to listen, as NAME://HOST:PORT; without a host on every address.
log.cleaner.backoff.ms|How long the cleaner waits when there is no log to compact.
log.cleaner.dedupe.buffer.size|Memory in bytes for the keys of the logs that are compacted at a \
time; a part that has more keys is compacted in several goes.
log.cleaner.enable|Whether compacted topics are compacted.
log.cleaner.io.buffer.load.factor|How full the memory for keys may get, at most 1.
log.cleaner.io.buffer.size|Memory in bytes for what compaction reads; it grows to the largest batch.
log.cleaner.io.max.bytes.per.second|How much compaction reads and writes at most.
log.cleaner.threads|How many logs are compacted at a time, each in a thread.
log.dir|A directory for data, where log.dirs is not set.
log.dirs|Directories for data; a new partition goes where the fewest are.
log.flush.offset.checkpoint.interval.ms|How often it is noted up to where logs are durable.
log.retention.check.interval.ms|How often segments are looked for that are too old or too many.
log.segment.delete.delay.ms|How long the files of a dropped segment stay under another name.
max.connection.creation.rate|How many connections may be opened in a second.
max.connections|How many connections may be open.
max.connections.per.ip|How many connections may be open from one address.
max.connections.per.ip.overrides|Other limits for some addresses or hosts, as address:number.
max.incremental.fetch.session.cache.slots|How many fetch sessions are kept.
max.request.partition.size.limit|The most partitions of one DescribeTopicPartitions answer.
metadata.log.dir|The directory of the metadata log, where it is not the first of log.dirs.
metadata.log.max.record.bytes.between.snapshots|After how many bytes of metadata a snapshot is \
made.
metadata.log.max.snapshot.interval.ms|After how much time a snapshot of changed metadata is made.
metadata.log.segment.bytes|The size of a segment of the metadata log.
metadata.log.segment.ms|The age at which a segment of the metadata log is closed.
metadata.max.retention.bytes|How many bytes of metadata log and snapshots are kept.
metadata.max.retention.ms|For how long metadata log and snapshots are kept.
node.id|The number of this node.
num.network.threads|Threads for connections, Produce and Fetch, 1 to 8; unset, one less than the \
processors, and 2 where there are 2.
num.partitions|How many partitions a topic gets that is created without saying so.
odradek.clamp.replication.factor|Whether a topic that asks for more replicas than there are \
brokers gets what there is, and an answer that says so, instead of a refusal.
odradek.max.uncompressed.batch.bytes|To how many bytes a compressed batch may grow that the broker \
opens; one that would grow more is refused as too large.
offset.metadata.max.bytes|The longest text that a member may commit with an offset.
offsets.retention.check.interval.ms|How often committed offsets are looked for that have expired.
offsets.retention.minutes|For how long offsets are kept after a group is empty, in minutes.
offsets.topic.compression.codec|The codec of records about groups, by its number.
offsets.topic.num.partitions|How many partitions __consumer_offsets is created with.
offsets.topic.segment.bytes|The size of a segment of __consumer_offsets.
process.roles|What this process is: always both broker and controller.
producer.id.expiration.check.interval.ms|How often idle producers are looked for.
producer.id.expiration.ms|For how long an idle producer's last sequences are remembered.
quota.window.num|Number of windows over which what clients use is counted for quotas.
quota.window.size.seconds|Length of each of these windows.
socket.receive.buffer.bytes|How many bytes the system holds of what a client sent, -1 for as \
many as it finds fit.
socket.request.max.bytes|The largest request that is read; a larger one closes the connection.
socket.send.buffer.bytes|How many bytes the system holds of what a client has yet to take, -1 for \
as many as it finds fit.
telemetry.max.bytes|The largest report of a client's metrics.
transaction.max.timeout.ms|The longest time that a transaction may ask for.
transaction.state.log.num.partitions|How many partitions __transaction_state is created with.
transaction.state.log.segment.bytes|The size of a segment of __transaction_state.
transactional.id.expiration.ms|For how long an unused transactional id is remembered.
`

/** Sentences about group configs. */
export const groupSentences = `
consumer.assignment.interval.ms|The least time between two assignments of the group.
consumer.heartbeat.interval.ms|How often members of the consumer protocol are told to report.
consumer.session.timeout.ms|After how much silence a member of the consumer protocol is removed.
share.assignment.interval.ms|The least time between two assignments of the group.
share.auto.offset.reset|Where a share group begins in a partition: earliest, latest or by a \
duration.
share.delivery.count.limit|How often a record is delivered before it is given up.
share.heartbeat.interval.ms|How often members of a share group are told to report.
share.isolation.level|Whether a share group reads records of transactions that are not committed.
share.partition.max.record.locks|How many records of a partition may be with members at a time.
share.record.lock.duration.ms|For how long a member has a record to itself.
share.renew.acknowledge.enable|Whether a member may have a record for longer.
share.session.timeout.ms|After how much silence a member of a share group is removed.
streams.assignment.interval.ms|The least time between two assignments of the group.
streams.heartbeat.interval.ms|How often members of a streams group are told to report.
streams.initial.rebalance.delay.ms|How long an empty streams group waits for more members.
streams.num.standby.replicas|How many members keep a copy of each task's state.
streams.session.timeout.ms|After how much silence a member of a streams group is removed.
`

/** Sentences about the configs of a client metrics subscription. */
export const clientMetricsSentences = `
interval.ms|How often the clients report.
match|Which clients report: patterns of their ids, addresses and software.
metrics|Beginnings of the names of the metrics that they report; * for all.
`
