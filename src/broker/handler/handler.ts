/**
 * What every handler looks like. A handler translates: it decides nothing that a layer below can.
 */

import type { HostPort } from '../../base/endpoint.ts'
import type { Api } from '../../protocol/codec.ts'
import type { BrokerContext } from '../context.ts'

/** One request in progress. */
export interface Call {
  readonly connection: number
  readonly version: number
  readonly clientId: string | null
  /** Numeric address of the client, `` if its connection is gone already. */
  readonly clientHost: string
  /** Our end of the client's connection. */
  readonly local: HostPort | undefined
}

/**
 * One API key. `Request` and `Response` are the decoded forms; the router does frames, headers,
 * versions and order.
 */
export interface Handler<Request, Response> {
  readonly api: Api<Request, never, unknown, Response>
  /**
   * Answers one request. What the client did wrong is told in the response; a rejection means a
   * failure of ours or of the disk and becomes {@link refusal}.
   */
  handle(request: Request, call: Call, broker: BrokerContext): Response | Promise<Response>
  /** The response that carries `code` wherever this API reports errors. */
  refusal(request: Request, code: number, call: Call): Response
}

/** A handler whose messages the holder does not know, as in a table of them. */
export type AnyHandler = Handler<unknown, unknown>

/** Forgets the messages' types, which only the router's own pairing of codec and handler needs. */
export function erased<Request, Response>(handler: Handler<Request, Response>): AnyHandler {
  return handler as unknown as AnyHandler
}
