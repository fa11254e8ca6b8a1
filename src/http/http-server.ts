/**
 * The HTTP server of an operator's tools: a few pages, each made whole and then sent. It listens
 * before the broker does, so that a start that takes long can be told from one that hangs.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { formatHostPort, type HostPort } from '../base/endpoint.ts'
import { type Answer, textAnswer } from './answer.ts'

/** Makes the answer to a GET of one path. */
export type Page = () => Answer | Promise<Answer>

/** What an HTTP server serves, and whom it tells of faults. */
export interface HttpServerOptions {
  readonly pages: ReadonlyMap<string, Page>
  /** A page failed: a bug of ours. */
  readonly onFailure: (path: string, cause: unknown) => void
}

/** More are a mistake, and are closed at once. */
const connectionsMax = 64
/** Whoever is slower to say what it wants is let go; in ms. */
const requestMs = 10_000

/** Listening from {@link HttpServer.listen} to {@link HttpServer.close}. */
export class HttpServer {
  /** The numeric address that it listens on. */
  readonly endpoint: HostPort
  readonly #server: Server

  private constructor(server: Server) {
    const { address, port } = server.address() as AddressInfo
    this.endpoint = { host: address, port }
    this.#server = server
  }

  /** Rejects with a sentence that names the endpoint; an empty host is every address. */
  static async listen(endpoint: HostPort, options: HttpServerOptions): Promise<HttpServer> {
    const server = createServer({ requestTimeout: requestMs, headersTimeout: requestMs })
    server.maxConnections = connectionsMax
    server.on('request', (request, response) => void respond(request, response, options))
    const { host, port } = endpoint
    server.listen({ port, ...(host === '' ? {} : { host }) })
    try {
      await once(server, 'listening')
    } catch (cause) {
      const reason = (cause as Error).message
      throw new Error(`Cannot listen for HTTP on ${formatHostPort(endpoint)}: ${reason}.`)
    }
    // No descriptor was left for a client, which will ask again.
    server.on('error', () => {})
    return new HttpServer(server)
  }

  /** Closes the port and every connection, whatever they wait for. Idempotent. */
  async close(): Promise<void> {
    if (!this.#server.listening) return
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
  }
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  options: HttpServerOptions,
): Promise<void> {
  const { status, contentType, body } = await answerTo(request, options)
  const bytes = Buffer.from(body)
  response.writeHead(status, {
    'Content-Type': contentType,
    'Content-Length': bytes.length,
    'Cache-Control': 'no-store',
    ...(status === 405 ? { Allow: 'GET, HEAD' } : {}),
  })
  response.end(bytes)
}

async function answerTo(request: IncomingMessage, options: HttpServerOptions): Promise<Answer> {
  const path = (request.url ?? '').replace(/\?.*$/s, '')
  const page = options.pages.get(path)
  if (page === undefined) {
    return textAnswer(404, `There is ${[...options.pages.keys()].join(' and ')}.`)
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return textAnswer(405, 'Only GET and HEAD.')
  }
  try {
    return await page()
  } catch (cause) {
    options.onFailure(path, cause)
    return textAnswer(500, 'This page failed; the log of the broker says why.')
  }
}
