import { createHash, createHmac, pbkdf2, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { asBuffer } from '../base/as-buffer.ts'
import { assert } from '../base/assert.ts'

/** Hash functions that SCRAM is used with; Kafka has the last two. */
export type ScramHash = 'sha1' | 'sha256' | 'sha512'

/** What one run of SCRAM needs to know. */
export interface ScramCredentials {
  readonly hash: ScramHash
  readonly username: string
  readonly password: string
  /** Printable ASCII without a comma, new for each run, at least 18 random bytes. */
  readonly nonce: string
}

/** Fewer rounds than this make a stolen credential cheap to guess; Kafka's clients refuse them. */
const iterationsMin = 4_096
/** More than this is a broker that wants to keep the client busy. */
const iterationsMax = 1_000_000

const derive = promisify(pbkdf2)

/** "n,,": no channel binding, and nobody else's authority. */
const gs2Header = 'n,,'

/**
 * SCRAM of RFC 5802 as Kafka speaks it: no channel binding, names and passwords in UTF-8 as they
 * are (Kafka does not normalise them). Pure: messages in, messages out. It throws an `Error` that
 * says what is wrong with the broker's message, also when the broker does not know the password
 * itself: then it is not the broker that it claims to be.
 */
export class ScramClient {
  readonly #credentials: ScramCredentials
  readonly #firstBare: string
  /** What the broker has to sign its last message with, once the first has come. */
  #serverSignature: Buffer | undefined
  #isDone = false

  constructor(credentials: ScramCredentials) {
    assert(/^[!-+\--~]{16,}$/.test(credentials.nonce), 'a nonce is printable and long')
    this.#credentials = credentials
    // Kafka's own escapes: "=" before ",", so that what an escape brings in stays.
    const name = credentials.username.replaceAll('=', '=3D').replaceAll(',', '=2C')
    assert(!name.includes(','), 'a comma ends an attribute')
    this.#firstBare = `n=${name},r=${credentials.nonce}`
  }

  /** The client's first message. */
  first(): Uint8Array {
    return Buffer.from(gs2Header + this.#firstBare)
  }

  /** The answer to the broker's message; undefined when the broker has proved itself. */
  async next(challenge: Uint8Array): Promise<Uint8Array | undefined> {
    assert(!this.#isDone, 'nothing is said after the end')
    const text = asBuffer(challenge).toString()
    const error = /^e=([^,]*)/.exec(text)
    if (error !== null) throw new Error(`the broker says ${error[1]}`)
    if (this.#serverSignature === undefined) return this.#final(text)
    this.#verify(text, this.#serverSignature)
    this.#isDone = true
    return undefined
  }

  async #final(serverFirst: string): Promise<Uint8Array> {
    const { hash, password, nonce } = this.#credentials
    const parts = /^r=([!-+\--~]+),s=([A-Za-z0-9+/]+={0,2}),i=([1-9]\d{0,9})(?:,.*)?$/.exec(
      serverFirst,
    )
    const [, theirNonce = '', salt = '', count = ''] = parts ?? []
    if (parts === null) throw new Error('the broker sent a malformed first message')
    if (!theirNonce.startsWith(nonce) || theirNonce.length === nonce.length) {
      throw new Error("the broker's nonce does not extend the client's")
    }
    const iterations = Number(count)
    if (iterations < iterationsMin || iterations > iterationsMax) {
      const allowed = `${iterationsMin} to ${iterationsMax} are allowed`
      throw new Error(`the broker asks for ${iterations} iterations; ${allowed}`)
    }
    const finalBare = `c=${Buffer.from(gs2Header).toString('base64')},r=${theirNonce}`
    const signed = `${this.#firstBare},${serverFirst},${finalBare}`
    const length = createHash(hash).digest().length
    const salted = await derive(password, Buffer.from(salt, 'base64'), iterations, length, hash)
    assert(salted.length === length, 'a key is as long as the hash')
    const clientKey = hmac(hash, salted, 'Client Key')
    const storedKey = createHash(hash).update(clientKey).digest()
    const proof = xor(clientKey, hmac(hash, storedKey, signed))
    this.#serverSignature = hmac(hash, hmac(hash, salted, 'Server Key'), signed)
    return Buffer.from(`${finalBare},p=${proof.toString('base64')}`)
  }

  #verify(serverFinal: string, expected: Buffer): void {
    const [, signature] = /^v=([A-Za-z0-9+/]+={0,2})(?:,.*)?$/.exec(serverFinal) ?? []
    if (signature === undefined) throw new Error('the broker sent a malformed last message')
    const actual = Buffer.from(signature, 'base64')
    if (actual.length !== expected.length || !timingSafeEqual(actual, expected)) {
      throw new Error('the broker does not know the password: it is not the one it claims to be')
    }
  }
}

function hmac(hash: ScramHash, key: Uint8Array, message: string): Buffer {
  return createHmac(hash, key).update(message).digest()
}

function xor(a: Buffer, b: Buffer): Buffer {
  assert(a.length === b.length, 'both are as long as the hash')
  return Buffer.from(a.map((byte, at) => byte ^ (b[at] ?? 0)))
}
