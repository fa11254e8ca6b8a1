/** State of the broker: sockets, log directories, partitions, the controller. */
import type { BrokerObservation, ObservedPartition } from '../broker/index.ts'
import type { Breather } from './breather.ts'
import type { Family, Sample } from './exposition.ts'

/** Kafka's number of a broker that runs. */
const running = 3

/** Every family of the broker that does not count traffic, requests or groups. */
export async function* brokerFamilies(
  broker: BrokerObservation,
  breather: Breather,
): AsyncGenerator<Family> {
  yield gauge('kafka_server_kafkaserver_brokerstate', 'State of the broker: 3 is running.', running)
  yield* socketFamilies(broker)
  yield* directoryFamilies(broker)
  const image = broker.image()
  const counted = await census(broker.partitions(image), breather)
  const gauges = { ...counted, topics: image.topicsByName.size, brokers: image.brokers.size }
  for (const [name, help, field] of counts) yield gauge(name, help, gauges[field])
  for (const [name, help, read] of logGauges) {
    const samples = logSamples(broker.partitions(image), read)
    yield { name: `kafka_log_log_${name}`, type: 'gauge', help, samples }
  }
}

function gauge(name: string, help: string, value: number): Family {
  return { name, type: 'gauge', help, samples: [{ value }] }
}

function* socketFamilies(broker: BrokerObservation): Generator<Family> {
  const counted = broker.statistics()
  const prefix = 'kafka_server_socket_server_metrics'
  const counters = [
    ['connection_creation_total', 'Connections that were taken.', counted.connectionsTotal],
    ['incoming_byte_total', 'Bytes that were received.', counted.bytesIn],
    ['outgoing_byte_total', 'Bytes that were sent.', counted.bytesOut],
  ] as const
  yield gauge(`${prefix}_connection_count`, 'Connections that are open.', counted.connections)
  for (const [name, help, value] of counters) {
    yield { name: `${prefix}_${name}`, type: 'counter', help, samples: [{ value }] }
  }
  yield {
    name: 'odradek_frames_refused_total',
    type: 'counter',
    help: 'Requests that were malformed or too large and closed their connection.',
    samples: [{ value: counted.framesRefused }],
  }
}

function* directoryFamilies(broker: BrokerObservation): Generator<Family> {
  const directories = broker.directories()
  const isOffline = ({ offlineReason }: { readonly offlineReason: string }): number =>
    offlineReason === '' ? 0 : 1
  const offline = directories.reduce((sum, directory) => sum + isOffline(directory), 0)
  const help = 'Log directories that failed.'
  yield gauge('kafka_log_logmanager_offlinelogdirectorycount', help, offline)
  yield gauge('kafka_server_replicamanager_offlinelogdirectorycount', help, offline)
  yield {
    name: 'kafka_log_logmanager_logdirectoryoffline',
    type: 'gauge',
    help: 'Whether a log directory failed.',
    samples: directories.map((directory) => {
      return { labels: { logdirectory: directory.path }, value: isOffline(directory) }
    }),
  }
  yield {
    name: 'odradek_log_directory_free_bytes',
    type: 'gauge',
    help: 'Bytes that the disk of a log directory has left.',
    samples: directories.flatMap(({ path, freeBytes }) =>
      freeBytes === undefined ? [] : [{ labels: { logdirectory: path }, value: freeBytes }],
    ),
  }
}

/** Partitions by what they are to this broker. */
interface Census {
  readonly partitions: number
  readonly replicas: number
  readonly leaders: number
  readonly offlineReplicas: number
  readonly offline: number
  readonly underReplicated: number
  readonly one: number
}

type CountField = keyof Census | 'topics' | 'brokers'

const counts: readonly (readonly [name: string, help: string, field: CountField])[] = [
  ['kafka_server_replicamanager_partitioncount', 'Partitions of this broker.', 'replicas'],
  ['kafka_server_replicamanager_leadercount', 'Partitions that this broker leads.', 'leaders'],
  [
    'kafka_server_replicamanager_underreplicatedpartitions',
    'Partitions of this broker with fewer replicas in sync than they have.',
    'underReplicated',
  ],
  [
    'kafka_server_replicamanager_offlinereplicacount',
    'Partitions of this broker whose log cannot be used.',
    'offlineReplicas',
  ],
  [
    'kafka_controller_kafkacontroller_activecontrollercount',
    'Whether it is the controller.',
    'one',
  ],
  ['kafka_controller_kafkacontroller_activebrokercount', 'Brokers of the cluster.', 'brokers'],
  ['kafka_controller_kafkacontroller_globaltopiccount', 'Topics of the cluster.', 'topics'],
  [
    'kafka_controller_kafkacontroller_globalpartitioncount',
    'Partitions of the cluster.',
    'partitions',
  ],
  [
    'kafka_controller_kafkacontroller_offlinepartitionscount',
    'Partitions of the cluster without a leader.',
    'offline',
  ],
]

async function census(
  partitions: Iterable<ObservedPartition>,
  breather: Breather,
): Promise<Census> {
  const sum = {
    partitions: 0,
    replicas: 0,
    leaders: 0,
    offlineReplicas: 0,
    offline: 0,
    underReplicated: 0,
    one: 1,
  }
  for (const partition of partitions) {
    sum.partitions++
    if (!partition.isOnline) sum.offline++
    if (partition.isLeader) sum.leaders++
    if (partition.isReplica) {
      sum.replicas++
      if (partition.log?.online() !== true) sum.offlineReplicas++
      if (partition.isUnderReplicated) sum.underReplicated++
    }
    if (breather.isDue) await breather.rest()
  }
  return sum
}

type ObservedLog = NonNullable<ObservedPartition['log']>

const logGauges: readonly (readonly [string, string, (log: ObservedLog) => number])[] = [
  ['size', 'Bytes of the segments of a partition.', (log) => log.sizeBytes()],
  ['logstartoffset', 'The first offset of a partition.', (log) => log.logStartOffset()],
  ['logendoffset', 'The offset that the next record gets.', (log) => log.logEndOffset()],
]

function* logSamples(
  partitions: Iterable<ObservedPartition>,
  read: (log: ObservedLog) => number,
): Generator<Sample> {
  for (const { topic, partition, log } of partitions) {
    if (log !== undefined) yield { labels: { topic, partition }, value: read(log) }
  }
}
