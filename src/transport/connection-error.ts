import { assert } from '../base/assert.ts'

/**
 * What ended a connection:
 * - `unreachable`: it could not be made;
 * - `broken`: the peer or the network ended it;
 * - `timeout`: an answer did not come in time, which ends the connection as in Kafka's clients;
 * - `malformed`: the peer sent what is not the protocol;
 * - `refused`: the peer does not let us in, and will not next time either; `code` says why;
 * - `closed`: we ended it.
 */
export type ConnectionFault =
  | 'unreachable'
  | 'broken'
  | 'timeout'
  | 'malformed'
  | 'refused'
  | 'closed'

/** A connection that could not be made, ended, or broke the framing. The message is a sentence. */
export class ConnectionError extends Error {
  /** Whom the connection was to reach, as HOST:PORT. */
  readonly peer: string
  readonly fault: ConnectionFault
  /** Kafka's error code that the peer gave, if it gave one. */
  readonly code: number | undefined

  constructor(
    peer: string,
    fault: ConnectionFault,
    message: string,
    more: { readonly cause?: unknown; readonly code?: number } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause })
    assert(message.endsWith('.'), 'a message is a sentence')
    assert(peer.includes(':'), 'a peer is a host and a port')
    this.name = 'ConnectionError'
    this.peer = peer
    this.fault = fault
    this.code = more.code
  }
}

/**
 * An answer that is right, with a number that JavaScript does not hold exactly: an offset above
 * 2^53. The connection is as good as before, and would answer the same again.
 */
export class UnreadableAnswerError extends Error {
  readonly peer: string

  constructor(peer: string, message: string) {
    super(message)
    assert(message.endsWith('.'), 'a message is a sentence')
    this.name = 'UnreadableAnswerError'
    this.peer = peer
  }
}

/**
 * A peer that does not serve an API in a version that we know, or not with a field that the call
 * needs. The connection is as good as before.
 */
export class UnsupportedVersionError extends Error {
  readonly peer: string

  constructor(peer: string, message: string) {
    super(message)
    assert(message.endsWith('.'), 'a message is a sentence')
    this.name = 'UnsupportedVersionError'
    this.peer = peer
  }
}
