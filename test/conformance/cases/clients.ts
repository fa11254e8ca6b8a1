/** A client whose library or tools run against the broker. */
export interface Client {
  /** As in the environment, the reports and the table. */
  readonly name: string
  /** Below test/conformance; it holds `<name>.test.ts`. */
  readonly folder: string
  /** For readers of the table. */
  readonly title: string
  /** Whether `npm test` runs it. */
  readonly isEveryday: boolean
}

/** All clients, in the order of the table. */
export const clients: readonly Client[] = [
  client('java', 'java', 'the Java client'),
  client('kafka-tools', 'kafka-tools', "Kafka's command-line tools", true),
  client('confluent-kafka', 'python/confluent-kafka', 'confluent-kafka for Python', true),
  client('kafkajs', 'kafkajs', 'kafkajs', true),
  client('platformatic-kafka', 'platformatic-kafka', '@platformatic/kafka'),
  client('franz-go', 'go/franz-go', 'franz-go'),
  client('sarama', 'go/sarama', 'sarama'),
  client('kafka-go', 'go/kafka-go', 'kafka-go'),
  client('kafka-python', 'python/kafka-python', 'kafka-python'),
  client('aiokafka', 'python/aiokafka', 'aiokafka'),
]

function client(name: string, folder: string, title: string, isEveryday = false): Client {
  return { name, folder, title, isEveryday }
}
