import { connect as connectTcp, isIP, type OnReadOpts, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import { assert } from '../base/assert.ts'
import { formatHostPort, type HostPort } from '../base/endpoint.ts'
import { ConnectionError } from './connection-error.ts'

/** How a socket is opened. */
export interface SocketOptions {
  /** For the connection and, with TLS, the handshake; in ms. */
  readonly connectTimeoutMs: number
  /** Options of `node:tls`; without them the connection is not encrypted. */
  readonly tls?: ConnectionOptions
  /** Ends what is being opened; a connection that stands is closed by its owner. */
  readonly signal?: AbortSignal
}

/**
 * Connects; what arrives goes to `onread`. Rejects with a {@link ConnectionError} that names the
 * peer and the cause. A certificate that is not trusted is `refused`: trying again changes nothing.
 */
export function openSocket(
  endpoint: HostPort,
  options: SocketOptions,
  onread: OnReadOpts,
): Promise<Socket> {
  const { connectTimeoutMs, tls, signal } = options
  assert(connectTimeoutMs > 0, 'a connection gets time')
  const peer = formatHostPort(endpoint)
  if (!isPlace(endpoint)) {
    const message = `Cannot connect to ${peer}: that is no place of a broker.`
    return Promise.reject(new ConnectionError(peer, 'unreachable', message))
  }
  const address = { host: endpoint.host, port: endpoint.port, onread, noDelay: true }
  const socket = tls === undefined ? connectTcp(address) : connectTls(secured(address, tls))
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    }
    const fail = (why: string, cause?: unknown): void => {
      socket.destroy()
      settle()
      const fault = isDistrust(cause) ? 'refused' : 'unreachable'
      const message = `Cannot connect to ${peer}: ${why}.`
      reject(new ConnectionError(peer, fault, message, { cause }))
    }
    const onError = (error: Error): void => fail(reason(error), error)
    const timer = setTimeout(
      () => fail(`no answer within ${connectTimeoutMs} ms`),
      connectTimeoutMs,
    )
    const onAbort = (): void => fail('nobody wants it any more')
    if (signal?.aborted === true) onAbort()
    signal?.addEventListener('abort', onAbort, { once: true })
    socket.once('error', onError)
    socket.once(tls === undefined ? 'connect' : 'secureConnect', () => {
      settle()
      socket.off('error', onError)
      resolve(socket)
    })
  })
}

/** A broker may tell anything as the place of another; Node would throw, or go elsewhere. */
function isPlace({ host, port }: HostPort): boolean {
  return host !== '' && Number.isInteger(port) && port > 0 && port <= 65_535
}

/** The system's words for an error; a name with several addresses fails with one error for each. */
export function reason(error: Error): string {
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : error
  const code = (first as NodeJS.ErrnoException).code
  if (code === 'ECONNREFUSED') return 'nothing listens there (connection refused)'
  if (code === 'ENOTFOUND') return 'the host name does not exist'
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER') return 'its listener does not speak TLS'
  return first instanceof Error ? first.message.replace(/\.$/, '') : String(first)
}

function secured<T extends { readonly host: string }>(address: T, tls: ConnectionOptions) {
  // A certificate names hosts; an address must not be sent as a server name.
  const servername = isIP(address.host) === 0 ? { servername: address.host } : {}
  return { ...servername, ...tls, ...address }
}

/** What OpenSSL and Node say of certificates that they do not accept, ours or the peer's. */
const distrust = /^(CERT_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_(GET|VERIFY)_|ERR_TLS_CERT_|HOSTNAME_)/

function isDistrust(cause: unknown): boolean {
  const code = (cause as NodeJS.ErrnoException | undefined)?.code
  return code !== undefined && distrust.test(code)
}
