import type { ConnectionOptions as TlsOptions } from 'node:tls'
import { assert } from '../../base/assert.ts'
import type { HostPort } from '../../base/endpoint.ts'
import { accepted, milliseconds, type Rules, text, wholeNumber } from '../../base/option-rule.ts'
import { randomBelow } from '../../base/random.ts'
import { type SaslOptions, startSasl } from '../../security/index.ts'
import { Cluster } from '../network/cluster.ts'
import { type NetworkEnvironment, systemEnvironment } from '../network/environment.ts'
import { saslRule } from './sasl-rule.ts'
import { serversRule } from './servers.ts'

/**
 * How a client reaches its cluster: what producer, consumer and admin have in common. Names and
 * defaults are those of Kafka's Java client unless the option says otherwise.
 *
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs'
 * import { Admin } from 'odradek/client'
 *
 * const admin = new Admin({
 *   bootstrapServers: 'broker-1:9093,broker-2:9093',
 *   tls: { ca: readFileSync('ca.pem') },
 *   sasl: { mechanism: 'SCRAM-SHA-512', username: 'alice', password: 'secret' },
 * })
 * await admin.close()
 * ```
 */
export interface ConnectionOptions {
  /** `HOST:PORT` of one or more brokers to ask first; the others are learned from them. */
  readonly bootstrapServers: string | readonly string[]
  /** Shown in the broker's logs and used for its quotas. `odradek` unless given. */
  readonly clientId?: string
  /** Encrypts connections: true, or options of `node:tls` (`ca`, `cert`, `key`, ...). */
  readonly tls?: boolean | TlsOptions
  /** How to prove who one is. PLAIN and OAUTHBEARER show their secret to whoever sees the line. */
  readonly sasl?: SaslOptions
  /** For TCP and TLS to stand, in ms; 10,000 unless given. */
  readonly socketConnectionSetupTimeoutMs?: number
  /** For one request and its answer, in ms; 30,000 unless given. */
  readonly requestTimeoutMs?: number
  /** Before the second attempt of what failed for now, in ms; 100 unless given. */
  readonly retryBackoffMs?: number
  /** The longest wait between attempts, in ms; 1,000 unless given. */
  readonly retryBackoffMaxMs?: number
  /** Before a broker is called again that could not be reached, in ms; 50 unless given. */
  readonly reconnectBackoffMs?: number
  /** The longest such wait, in ms; 1,000 unless given. */
  readonly reconnectBackoffMaxMs?: number
  /** A connection without a request for that long is closed, in ms; 540,000 unless given. */
  readonly connectionsMaxIdleMs?: number
  /** Metadata is asked for again after that long, in ms; 300,000 unless given. */
  readonly metadataMaxAgeMs?: number
  /**
   * The largest answer that is taken, in bytes; 268,435,456 unless given. Kafka's Java client has
   * no such limit, librdkafka has it by this name.
   */
  readonly receiveMessageMaxBytes?: number
}

/** {@link ConnectionOptions}, checked and with its defaults. */
export interface CheckedConnectionOptions {
  readonly bootstrapServers: readonly HostPort[]
  readonly clientId: string
  readonly tls: TlsOptions | undefined
  readonly sasl: SaslOptions | undefined
  readonly socketConnectionSetupTimeoutMs: number
  readonly requestTimeoutMs: number
  readonly retryBackoffMs: number
  readonly retryBackoffMaxMs: number
  readonly reconnectBackoffMs: number
  readonly reconnectBackoffMaxMs: number
  readonly connectionsMaxIdleMs: number
  readonly metadataMaxAgeMs: number
  readonly receiveMessageMaxBytes: number
}

/** The rules of {@link ConnectionOptions}; each kind of client adds its own. */
export const connectionRules: Rules<CheckedConnectionOptions> = {
  bootstrapServers: serversRule,
  clientId: text('odradek'),
  tls: {
    byDefault: undefined,
    check: (value) => {
      if (typeof value === 'boolean') return { value: value ? {} : undefined }
      const isObject = typeof value === 'object' && value !== null
      const expected = 'true, false or an object with options of node:tls'
      return isObject ? { value: value as TlsOptions } : { expected }
    },
  },
  sasl: saslRule,
  socketConnectionSetupTimeoutMs: milliseconds(10_000, { min: 1 }),
  requestTimeoutMs: milliseconds(30_000, { min: 1 }),
  retryBackoffMs: milliseconds(100),
  retryBackoffMaxMs: milliseconds(1_000),
  reconnectBackoffMs: milliseconds(50),
  reconnectBackoffMaxMs: milliseconds(1_000),
  connectionsMaxIdleMs: milliseconds(540_000, { min: 1, orInfinity: true }),
  metadataMaxAgeMs: milliseconds(300_000, { min: 1, orInfinity: true }),
  receiveMessageMaxBytes: wholeNumber('bytes', {
    byDefault: 256 * 1024 * 1024,
    min: 1_000,
    max: 2 ** 31 - 1,
  }),
}

/** Where time and randomness come from; for tests, which give their own. */
export const environmentRule: ReturnType<typeof accepted<NetworkEnvironment>> = accepted(
  'an environment',
  (value) => typeof value === 'object' && value !== null,
  systemEnvironment,
)

/** Told to brokers beside the client's name, which their metrics show. */
const softwareVersion = '1'

/** A cluster as these options describe it; nothing is connected yet. */
export function openCluster(
  options: CheckedConnectionOptions,
  allowAutoTopicCreation: boolean,
  environment: NetworkEnvironment = systemEnvironment,
): Cluster {
  const { clientId, tls, sasl, requestTimeoutMs } = options
  const { random } = environment
  assert(options.requestTimeoutMs > 0, 'options were checked')
  const authentication = sasl && {
    start: () => startSasl(sasl, random),
    // As Kafka's client does it: clients that began together do not come back together.
    renewAfter: () => (85 + randomBelow(random, 11)) / 100,
  }
  return new Cluster(
    {
      bootstrapServers: options.bootstrapServers,
      connection: {
        clientId,
        clientSoftwareVersion: softwareVersion,
        connectTimeoutMs: options.socketConnectionSetupTimeoutMs,
        requestTimeoutMs,
        frameBytesMax: options.receiveMessageMaxBytes,
        ...(tls === undefined ? {} : { tls }),
        ...(authentication === undefined ? {} : { authentication }),
      },
      reconnectBackoff: {
        initialMs: options.reconnectBackoffMs,
        maxMs: Math.max(options.reconnectBackoffMs, options.reconnectBackoffMaxMs),
      },
      retryBackoff: {
        initialMs: options.retryBackoffMs,
        maxMs: Math.max(options.retryBackoffMs, options.retryBackoffMaxMs),
      },
      connectionsMaxIdleMs: options.connectionsMaxIdleMs,
      requestTimeoutMs,
      metadataMaxAgeMs: options.metadataMaxAgeMs,
      allowAutoTopicCreation,
    },
    environment,
  )
}
