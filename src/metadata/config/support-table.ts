/**
 * How each config stands, by reason. A config that gets its effect moves to a built group in the
 * same commit; `docs/configs.md` is generated from here.
 */
import type { SupportGroup } from './support.ts'

/** The configs of a broker. */
export const brokerSupport: readonly SupportGroup[] = [
  {
    support: 'built',
    subject: 'Who the node is',
    names: 'process.roles node.id broker.id broker.rack',
  },
  {
    support: 'built',
    subject: 'Listeners and connections',
    names: `listeners advertised.listeners listener.security.protocol.map
      controller.listener.names num.network.threads max.connections connections.max.idle.ms
      socket.request.max.bytes socket.send.buffer.bytes socket.receive.buffer.bytes
      fetch.max.bytes max.incremental.fetch.session.cache.slots`,
  },
  {
    support: 'built',
    subject: 'Limits of connections, and quotas',
    names: `max.connections.per.ip max.connections.per.ip.overrides max.connection.creation.rate
      quota.window.num quota.window.size.seconds controller.quota.*`,
  },
  {
    support: 'built',
    subject: 'Log directories',
    names: 'log.dir log.dirs metadata.log.dir cordoned.log.dirs',
  },
  {
    support: 'built',
    subject: 'Topics',
    names: `auto.create.topics.enable delete.topic.enable default.replication.factor num.partitions
      max.request.partition.size.limit odradek.clamp.replication.factor`,
  },
  {
    support: 'built',
    subject: 'Produced records',
    names: `message.max.bytes compression.type compression.gzip.level compression.zstd.level
      log.message.timestamp.* producer.id.expiration.* odradek.validate.compressed
      odradek.max.uncompressed.batch.bytes`,
  },
  {
    support: 'built',
    subject: 'Segments and flushes',
    names: `log.segment.bytes log.segment.delete.delay.ms log.roll.* log.index.interval.bytes
      log.index.size.max.bytes log.flush.interval.messages log.flush.interval.ms
      log.flush.scheduler.interval.ms log.flush.offset.checkpoint.interval.ms`,
  },
  {
    support: 'built',
    subject: 'The metadata log',
    names: `metadata.log.segment.bytes metadata.log.segment.ms metadata.max.retention.bytes
      metadata.log.max.record.bytes.between.snapshots metadata.log.max.snapshot.interval.ms`,
  },
  {
    support: 'built',
    subject: 'Groups and their offsets',
    names: `group.initial.rebalance.delay.ms group.max.session.timeout.ms
      group.min.session.timeout.ms group.max.size offset.metadata.max.bytes
      offsets.retention.minutes offsets.retention.check.interval.ms offsets.topic.num.partitions
      offsets.topic.segment.bytes`,
  },
  {
    support: 'no meaning',
    subject: 'There is one broker, so nothing is replicated, elected or handed over',
    names: `replica.* num.replica.fetchers replication.quota.* follower.replication.throttled.rate
      leader.replication.throttled.rate min.insync.replicas unclean.leader.election.*
      auto.leader.rebalance.enable leader.imbalance.check.interval.seconds
      controlled.shutdown.enable offsets.commit.timeout.ms`,
  },
  {
    support: 'no meaning',
    subject: "Kafka's own topics have one replica, as there is one broker",
    names: `offsets.topic.replication.factor transaction.state.log.replication.factor
      transaction.state.log.min.isr share.coordinator.state.topic.replication.factor
      share.coordinator.state.topic.min.isr`,
  },
  {
    support: 'no meaning',
    subject: 'The controller is in the same process: no quorum, no heartbeats, no requests to it',
    names: `controller.quorum.* controller.socket.timeout.ms broker.heartbeat.interval.ms
      broker.session.timeout.ms initial.broker.registration.timeout.ms request.timeout.ms
      socket.connection.setup.timeout.ms socket.connection.setup.timeout.max.ms
      inter.broker.listener.name early.start.listeners metadata.max.idle.interval.ms
      log.dir.failure.timeout.ms internal.metadata.* controller.performance.*`,
  },
  {
    support: 'no meaning',
    subject: "Threads, queues, buffers and the pace of background work are the engine's own",
    names: `num.io.threads background.threads num.recovery.threads.per.data.dir
      queued.max.requests queued.max.request.bytes socket.listen.backlog.size log.preallocate
      fetch.purgatory.purge.interval.requests producer.purgatory.purge.interval.requests
      delete.records.purgatory.purge.interval.requests offsets.load.buffer.size
      group.coordinator.threads group.coordinator.background.threads
      group.coordinator.append.linger.ms group.coordinator.cached.buffer.max.bytes
      log.flush.start.offset.checkpoint.interval.ms
      server.max.startup.time.ms`,
  },
  {
    support: 'no meaning',
    subject: 'The lz4 library has one level',
    names: 'compression.lz4.level',
  },
  {
    support: 'no meaning',
    subject: 'There is no Java virtual machine whose samples they set',
    names: 'metrics.* kafka.metrics.polling.interval.secs',
  },
  {
    support: 'no meaning',
    subject: 'No API and no feature here has versions that are not stable',
    names: 'unstable.api.versions.enable unstable.feature.versions.enable',
  },
  {
    support: 'built',
    subject: 'Retention',
    names: 'log.retention.* log.initial.task.delay.ms',
  },
  {
    support: 'built',
    subject: 'Compaction',
    names: 'log.cleanup.policy log.cleaner.*',
  },
  {
    support: 'not yet',
    subject: 'Compression of what coordinators write',
    names: 'offsets.topic.compression.codec',
  },
  {
    support: 'not yet',
    subject: 'Retention of the metadata log by time',
    names: 'metadata.max.retention.ms',
  },
  {
    support: 'not yet',
    subject: 'Moves of partitions between log directories',
    names: `alter.log.dirs.replication.quota.* num.replica.alter.log.dirs.threads
      replica.alter.log.dirs.io.max.bytes.per.second`,
  },
  {
    support: 'not yet',
    subject: 'Transactions',
    names: `transaction.* transactional.id.expiration.ms
      add.partitions.to.txn.retry.backoff.ms add.partitions.to.txn.retry.backoff.max.ms`,
  },
  {
    support: 'not yet',
    subject: 'Groups of the consumer, streams and share protocols',
    names: `group.consumer.* group.streams.* group.share.* share.*
      group.coordinator.rebalance.protocols`,
  },
  {
    support: 'not yet',
    subject: "Clients' metrics",
    names: 'telemetry.max.bytes',
  },
  {
    support: 'refused',
    subject: 'authorization is',
    names: 'authorizer.class.name principal.builder.class',
  },
  { support: 'refused', subject: 'TLS is', names: 'ssl.* security.providers' },
  {
    support: 'refused',
    subject: 'SASL is',
    names: 'sasl.* connections.max.reauth.ms connection.failed.authentication.delay.ms',
  },
  {
    support: 'refused',
    subject: 'TLS or SASL between brokers is',
    names: 'security.inter.broker.protocol',
  },
  { support: 'refused', subject: 'delegation tokens are', names: 'delegation.token.*' },
  {
    support: 'refused',
    subject: 'tiered storage is',
    names: 'remote.* log.local.retention.* follower.fetch.last.tiered.offset.enable',
  },
  {
    support: 'refused',
    subject: 'plug-ins in place of Java classes are',
    names: `alter.config.policy.class.name create.topic.policy.class.name
      client.quota.callback.class metric.reporters kafka.metrics.reporters
      config.providers group.share.persister.class.name`,
  },
  {
    support: 'refused',
    subject: 'two-phase commit is',
    names: 'transaction.two.phase.commit.enable',
  },
]

/** The configs of a topic. */
export const topicSupport: readonly SupportGroup[] = [
  {
    support: 'built',
    subject: 'Produced records',
    names: `max.message.bytes compression.type compression.gzip.level compression.zstd.level
      message.timestamp.* odradek.validate.compressed`,
  },
  {
    support: 'built',
    subject: 'Segments and flushes',
    names: `segment.bytes segment.ms segment.jitter.ms segment.index.bytes index.interval.bytes
      flush.messages flush.ms internal.segment.bytes`,
  },
  {
    support: 'no meaning',
    subject: 'There is one broker, so nothing is replicated, elected or handed over',
    names: `min.insync.replicas unclean.leader.election.enable
      follower.replication.throttled.replicas leader.replication.throttled.replicas`,
  },
  {
    support: 'no meaning',
    subject: "How a file gets its room on the disk is the engine's own",
    names: 'preallocate',
  },
  {
    support: 'built',
    subject: 'Retention',
    names: 'retention.* file.delete.delay.ms',
  },
  {
    support: 'built',
    subject: 'Compaction',
    names: `cleanup.policy delete.retention.ms max.compaction.lag.ms min.compaction.lag.ms
      min.cleanable.dirty.ratio`,
  },
  {
    support: 'no meaning',
    subject: 'The lz4 library has one level',
    names: 'compression.lz4.level',
  },
  { support: 'refused', subject: 'tiered storage is', names: 'remote.* local.retention.*' },
]

/** The configs of a group. */
export const groupSupport: readonly SupportGroup[] = [
  {
    support: 'not yet',
    subject: 'Groups of the consumer, streams and share protocols',
    names: 'consumer.* share.* streams.*',
  },
]

/** The configs of a client metrics subscription. */
export const clientMetricsSupport: readonly SupportGroup[] = [
  { support: 'not yet', subject: "Clients' metrics", names: 'interval.ms match metrics' },
]
