/** The options of a producer, checked and with their defaults. */
import { parseHostPort } from '../../base/endpoint.ts'
import type { Serializer } from '../../record/serializer.ts'
import { ConfigError } from '../error.ts'
import type { ClusterOptions } from '../network/cluster-options.ts'
import type { DeliveryReportCallback } from './delivery-report.ts'
import { defaultSettings, type ProducerSettings } from './producer-settings.ts'

export interface ProducerOptions<K, V> extends Partial<ProducerSettings> {
  readonly bootstrapServers: readonly string[]
  readonly clientId?: string
  readonly keySerializer?: Serializer<K>
  readonly valueSerializer?: Serializer<V>
  readonly onDelivery?: DeliveryReportCallback
}

export function resolveOptions<K, V>(
  options: ProducerOptions<K, V>,
): { readonly settings: ProducerSettings; readonly cluster: ClusterOptions } {
  const {
    bootstrapServers,
    clientId = 'odradek',
    keySerializer,
    valueSerializer,
    onDelivery,
    ...own
  } = options
  const settings = { ...defaultSettings, ...own }
  const cluster: ClusterOptions = {
    bootstrapServers: bootstrapServers.map((server) => {
      const endpoint = parseHostPort(server)
      if (endpoint === undefined) throw new ConfigError(`${server} is no HOST:PORT.`)
      return endpoint
    }),
    requestTimeoutMs: settings.requestTimeoutMs,
    retryBackoff: { initialMs: settings.retryBackoffMs, maxMs: settings.retryBackoffMaxMs },
    metadataMaxAgeMs: 300_000,
    allowAutoTopicCreation: true,
    connection: {
      connectTimeoutMs: 10_000,
      requestTimeoutMs: settings.requestTimeoutMs,
      frameBytesMax: 100 << 20,
      clientId,
      clientSoftwareVersion: '0.1.0',
    },
    reconnectBackoff: { initialMs: 50, maxMs: 1000 },
    connectionsMaxIdleMs: 540_000,
  }
  return { settings, cluster }
}
