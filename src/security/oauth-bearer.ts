import { assert } from '../base/assert.ts'

/** A token, as the callback of the user gets it from an identity provider. */
export interface OAuthToken {
  /** The token itself, as it is sent: a JWT mostly. */
  readonly value: string
  /** Further pairs for the broker (KIP-342): names are letters, values printable ASCII. */
  readonly extensions?: Readonly<Record<string, string>>
}

/** The client's part of RFC 7628: a separator that also ends an exchange which failed. */
const separator = '\x01'

const tokenForm = /^[A-Za-z0-9\-._~+/]+=*$/
const extensionName = /^[A-Za-z]+$/
const extensionValue = /^[\x21-\x7e \t\r\n]+$/

/**
 * OAUTHBEARER of RFC 7628 as Kafka speaks it (KIP-255). A broker that refuses the token says why in
 * a message; the client has to answer that with one byte, upon which the broker ends the exchange
 * with its error code.
 */
export class OAuthBearerClient {
  readonly #token: () => OAuthToken | Promise<OAuthToken>

  /** @param token is called once a run, so that each gets a token that is still good. */
  constructor(token: () => OAuthToken | Promise<OAuthToken>) {
    this.#token = token
  }

  /** Asks for a token and makes the message that carries it. */
  async first(): Promise<Uint8Array> {
    const { value, extensions = {} } = await this.#token()
    if (typeof value !== 'string' || !tokenForm.test(value)) {
      throw new Error('the token callback gave something that is not a bearer token')
    }
    let message = `n,,${separator}auth=Bearer ${value}${separator}`
    for (const [name, text] of Object.entries(extensions)) {
      if (!extensionName.test(name) || name === 'auth' || !extensionValue.test(text)) {
        throw new Error(`the token has an extension that cannot be sent: ${name}`)
      }
      message += `${name}=${text}${separator}`
    }
    assert(message.endsWith(separator), 'each pair is ended')
    return Buffer.from(message + separator)
  }

  /** Nothing after success; one byte after a refusal, whose words the broker repeats. */
  next(challenge: Uint8Array): Uint8Array | undefined {
    return challenge.length === 0 ? undefined : Buffer.from(separator)
  }
}
