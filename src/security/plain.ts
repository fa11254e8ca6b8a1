import { assert } from '../base/assert.ts'

/** Who one is, and the proof. */
export interface PlainCredentials {
  readonly username: string
  readonly password: string
  /** As whom to act; the user's own name unless given. */
  readonly authorizationId?: string
}

/**
 * PLAIN of RFC 4616: one message, which shows the password to whoever sees the connection, so that
 * it belongs on TLS. Throws an `Error` for what it cannot carry.
 */
export class PlainClient {
  readonly #credentials: PlainCredentials

  constructor(credentials: PlainCredentials) {
    this.#credentials = credentials
  }

  /** The only message. */
  first(): Uint8Array {
    const { authorizationId = '', username, password } = this.#credentials
    const parts = [authorizationId, username, password]
    if (parts.some((part) => part.includes('\0'))) {
      throw new Error('a user name or password contains a zero byte')
    }
    const message = Buffer.from(parts.join('\0'))
    assert(message.length >= 2, 'three parts have two separators')
    return message
  }

  /** Nothing follows: the broker answers with an error code or not. */
  next(): undefined {
    return undefined
  }
}
