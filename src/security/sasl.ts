import { assert } from '../base/assert.ts'
import type { Random } from '../base/random.ts'
import { OAuthBearerClient, type OAuthToken } from './oauth-bearer.ts'
import { PlainClient, type PlainCredentials } from './plain.ts'
import { ScramClient, type ScramHash } from './scram.ts'

/** How a client proves who it is, by the name of the mechanism. */
export type SaslOptions =
  | ({ readonly mechanism: 'PLAIN' } & PlainCredentials)
  | {
      readonly mechanism: 'SCRAM-SHA-256' | 'SCRAM-SHA-512'
      readonly username: string
      readonly password: string
    }
  | {
      readonly mechanism: 'OAUTHBEARER'
      /** Called for each connection, and again before a session ends. */
      readonly token: () => OAuthToken | Promise<OAuthToken>
    }

/** One run of a mechanism: messages in, messages out. It throws what it can't accept. */
export interface SaslClient {
  readonly mechanism: string
  /** The client's first message. */
  first(): Uint8Array | Promise<Uint8Array>
  /** The client's answer to the broker's message; undefined once there is nothing more to say. */
  next(challenge: Uint8Array): Uint8Array | undefined | Promise<Uint8Array | undefined>
}

const hashes: Readonly<Record<'SCRAM-SHA-256' | 'SCRAM-SHA-512', ScramHash>> = {
  'SCRAM-SHA-256': 'sha256',
  'SCRAM-SHA-512': 'sha512',
}

/** Begins a run. `random` makes the nonce. */
export function startSasl(options: SaslOptions, random: Random): SaslClient {
  const { mechanism } = options
  const client = clientOf(options, random)
  assert(mechanism === mechanism.toUpperCase(), 'a mechanism in the words of its registry')
  return {
    mechanism,
    first: () => client.first(),
    next: (challenge) => client.next(challenge),
  }
}

function clientOf(options: SaslOptions, random: Random): Omit<SaslClient, 'mechanism'> {
  switch (options.mechanism) {
    case 'PLAIN':
      return new PlainClient(options)
    case 'OAUTHBEARER':
      return new OAuthBearerClient(options.token)
    default: {
      const { username, password } = options
      const nonce = random.uuid() + random.uuid()
      assert(nonce.length === 44, 'a nonce of 244 random bits')
      return new ScramClient({ hash: hashes[options.mechanism], username, password, nonce })
    }
  }
}
