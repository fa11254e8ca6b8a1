/** Two nodes of Apache Kafka in one cluster, each in a rack of its own. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { jars } from '../apache-kafka/reference.ts'
import { BrokerProcess } from '../broker-process.ts'
import { type BrokerTarget, kafkaTarget, serverProperties } from '../broker-target.ts'

/** Both run; whoever asked for them disposes of each. */
export interface KafkaPair {
  /** Node 1, in rack `east`: broker and controller. */
  readonly first: BrokerProcess
  /** Node 2, in rack `west`: a broker. */
  readonly second: BrokerProcess
}

/** Starts both. A follower in a consumer's rack is what the leader sends it to. */
export async function kafkaPair(): Promise<KafkaPair> {
  const first = await BrokerProcess.start({
    target: kafkaTarget(jars),
    settings: {
      'broker.rack': 'east',
      'replica.selector.class': 'org.apache.kafka.common.replica.RackAwareReplicaSelector',
    },
  })
  try {
    return { first, second: await BrokerProcess.start({ target: secondNode(first) }) }
  } catch (error) {
    await first.dispose()
    throw error
  }
}

/** A broker that joins the cluster of `first`. */
function secondNode(first: BrokerProcess): BrokerTarget {
  return {
    ...kafkaTarget(jars),
    prepare(folder, port) {
      mkdirSync(folder, { recursive: true })
      const listener = `PLAINTEXT://127.0.0.1:${port}`
      const file = join(folder, 'server.properties')
      const settings = {
        'process.roles': 'broker',
        'node.id': '2',
        'broker.rack': 'west',
        listeners: listener,
        'advertised.listeners': listener,
        'controller.quorum.bootstrap.servers': `127.0.0.1:${first.port + 1}`,
      }
      writeFileSync(file, serverProperties(folder, port, settings))
      const ofFirst = readFileSync(join(first.dataFolder, 'meta.properties'), 'utf8')
      const clusterId = /^cluster\.id=(.+)$/m.exec(ofFirst)?.[1] ?? ''
      const tool = ['-cp', join(jars, '*'), 'kafka.tools.StorageTool', 'format']
      execFileSync('java', [...tool, '-t', clusterId, '-c', file], {
        stdio: ['ignore', 'pipe', 'pipe'],
      })
    },
  }
}
