import type { HostPort } from '../../../src/base/endpoint.ts'
import { seededRandom } from '../../../src/base/random.ts'
import { Cluster } from '../../../src/client/network/cluster.ts'
import type { ClusterOptions } from '../../../src/client/network/cluster-options.ts'
import { systemEnvironment } from '../../../src/client/network/environment.ts'
import type { BrokerConnectionOptions } from '../../../src/transport/index.ts'

/** How a connection of a test is opened. */
export const testConnection: BrokerConnectionOptions = {
  clientId: 'test',
  clientSoftwareVersion: '1',
  connectTimeoutMs: 2000,
  requestTimeoutMs: 2000,
  frameBytesMax: 1 << 20,
}

/** A client's view of a cluster, quick to give up and to try again. */
export function clusterAt(
  bootstrapServers: readonly HostPort[],
  more: Partial<ClusterOptions> = {},
): Cluster {
  const options: ClusterOptions = {
    bootstrapServers,
    connection: testConnection,
    reconnectBackoff: { initialMs: 10, maxMs: 50 },
    connectionsMaxIdleMs: Infinity,
    requestTimeoutMs: 2000,
    retryBackoff: { initialMs: 10, maxMs: 50 },
    metadataMaxAgeMs: Infinity,
    allowAutoTopicCreation: false,
    ...more,
  }
  return new Cluster(options, { ...systemEnvironment, random: seededRandom(7) })
}
