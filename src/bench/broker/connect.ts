import { type HostPort, parseHostPort } from '../../base/endpoint.ts'
import { BrokerConnection } from '../../transport/index.ts'

const connectTimeoutMs = 5_000
const frameBytesMax = 256 * 1024 * 1024
/** Creating thousands of partitions may wait for a slow disk. */
const requestTimeoutMsDefault = 300_000

/** Connects to a broker, whose requests speak what both sides know; rejects in a sentence. */
export function connect(
  endpoint: HostPort,
  requestTimeoutMs: number = requestTimeoutMsDefault,
): Promise<BrokerConnection> {
  return BrokerConnection.open(endpoint, {
    clientId: 'odradek-bench',
    clientSoftwareVersion: '1',
    connectTimeoutMs: Math.min(connectTimeoutMs, requestTimeoutMs),
    requestTimeoutMs,
    frameBytesMax,
  })
}

/** Does `work` on a connection of its own, which is closed behind it. */
export async function onConnection<T>(
  endpoint: HostPort,
  work: (connection: BrokerConnection) => Promise<T>,
): Promise<T> {
  const connection = await connect(endpoint)
  try {
    return await work(connection)
  } finally {
    connection.close()
  }
}

/**
 * The place of a broker that is given as `HOST:PORT`.
 * @throws {Error} if that is no address
 */
export function endpointOf(address: string): HostPort {
  const endpoint = parseHostPort(address)
  if (endpoint === undefined || endpoint.host === '') throw new Error(`${address} is no HOST:PORT`)
  return endpoint
}
