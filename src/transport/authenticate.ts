import { assert } from '../base/assert.ts'
import type { Api } from '../protocol/codec.ts'
import { errorInfo } from '../protocol/error-codes.ts'
import { saslHandshakeApi } from '../protocol/generated/17-sasl-handshake.ts'
import {
  type SaslAuthenticateResponse,
  saslAuthenticateApi,
} from '../protocol/generated/36-sasl-authenticate.ts'
import { ConnectionError } from './connection-error.ts'

/** One run of a SASL mechanism: messages in, messages out. It throws what it can't accept. */
export interface SaslExchange {
  /** The mechanism's name, as `SCRAM-SHA-256`. */
  readonly mechanism: string
  /** The client's first message. */
  first(): Uint8Array | Promise<Uint8Array>
  /** The client's answer to the broker's message; undefined once there is nothing more to say. */
  next(challenge: Uint8Array): Uint8Array | undefined | Promise<Uint8Array | undefined>
}

/** How a client proves who it is. */
export interface Authentication {
  /** Begins a run; each connection has runs of its own. */
  start(): SaslExchange
  /** The part of a session's lifetime after which to prove it again; 0 to 1, both excluded. */
  renewAfter(): number
}

/** Sends one request and resolves with its answer. */
type Ask = <Request, RequestInput, Response, ResponseInput>(
  api: Api<Request, RequestInput, Response, ResponseInput>,
  request: RequestInput,
) => Promise<Response>

/** More messages than any mechanism needs. */
const messagesMax = 10

/**
 * Runs a mechanism against a broker: SaslHandshake, then SaslAuthenticate until both are content.
 * Resolves with how long the session lasts (0: without end). Rejects with a {@link ConnectionError}
 * that is `refused` when the broker does not accept us, or we do not accept the broker.
 */
export async function authenticate(
  peer: string,
  authentication: Authentication,
  ask: Ask,
): Promise<{ readonly lifetimeMs: number }> {
  const exchange = authentication.start()
  const { mechanism } = exchange
  assert(mechanism.length > 0, 'a mechanism has a name')
  const shake = await ask(saslHandshakeApi, { mechanism })
  if (shake.errorCode !== 0) {
    const offered = shake.mechanisms.length === 0 ? '' : `; it has ${shake.mechanisms.join(', ')}`
    throw refusal(peer, shake.errorCode, `it does not take ${mechanism}${offered}`)
  }
  let message: Uint8Array | undefined = await own(peer, () => exchange.first())
  let lifetimeMs = 0
  for (let sent = 0; message !== undefined; sent++) {
    assert(sent <= messagesMax, 'an exchange ends')
    if (sent === messagesMax) throw refusal(peer, 0, `${mechanism} comes to no end`)
    const answer: SaslAuthenticateResponse = await ask(saslAuthenticateApi, { authBytes: message })
    if (answer.errorCode !== 0) {
      throw refusal(peer, answer.errorCode, answer.errorMessage ?? '')
    }
    lifetimeMs = answer.sessionLifetimeMs
    message = await own(peer, () => exchange.next(answer.authBytes))
  }
  return { lifetimeMs }
}

/** What the mechanism itself throws is a refusal of ours. */
async function own<T>(peer: string, step: () => T | Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw refusal(peer, 0, why, cause)
  }
}

/** SASL_AUTHENTICATION_FAILED stands for what has no code of its own. */
const authenticationFailed = 58

function refusal(peer: string, code: number, why: string, cause?: unknown): ConnectionError {
  const known = errorInfo(code === 0 ? authenticationFailed : code)
  const words = (why === '' ? known.meaning : why).replace(/\.$/, '')
  const message = `Cannot authenticate to ${peer}: ${words} (${known.name}).`
  return new ConnectionError(peer, 'refused', message, { cause, code: known.code })
}
