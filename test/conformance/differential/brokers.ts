/** The two brokers of a run, with settings under which time decides nothing. */

import { jars } from '../apache-kafka/reference.ts'
import { BrokerProcess } from '../broker-process.ts'
import { type BrokerTarget, kafkaTarget, odradekTarget, type Settings } from '../broker-target.ts'

const never = '9223372036854775807'

/** Partitions of the log of groups; fewer than ten. */
export const groupPartitions = 4

/** The same for both: no retention, compaction, delay or time-out falls into a run. */
export const sharedSettings: Settings = {
  'auto.create.topics.enable': 'false',
  'controller.quorum.append.linger.ms': '0',
  'group.initial.rebalance.delay.ms': '0',
  'log.cleaner.backoff.ms': '3600000',
  // Ours shows what is on the disk; so does Kafka if it flushes each append.
  'log.flush.interval.messages': '1',
  'log.retention.check.interval.ms': '3600000',
  'log.retention.ms': '-1',
  'offsets.retention.check.interval.ms': '3600000',
  'offsets.topic.num.partitions': String(groupPartitions),
  'offsets.topic.replication.factor': '1',
  'log.message.timestamp.before.max.ms': never,
}

/** Every batch is opened, as Kafka does. */
const ourSettings: Settings = { ...sharedSettings, 'odradek.validate.compressed': 'full' }

/** The reference with half a GiB of heap. */
function smallKafka(): BrokerTarget {
  const target = kafkaTarget(jars)
  return {
    ...target,
    command: (folder, port, settings) =>
      target
        .command(folder, port, settings)
        .map((arg) => (/^-Xm[sx]/.test(arg) ? `${arg.slice(0, 4)}512m` : arg)),
  }
}

/** Starts Apache Kafka. */
export function startKafka(): Promise<BrokerProcess> {
  return BrokerProcess.start({ target: smallKafka(), settings: sharedSettings })
}

/** Starts Odradek; `settings` besides those of a run. */
export function startOdradek(settings: Settings = {}): Promise<BrokerProcess> {
  return BrokerProcess.start({ target: odradekTarget, settings: { ...ourSettings, ...settings } })
}
