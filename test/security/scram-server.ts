/** The broker's part of SCRAM, for tests: it keeps what a broker keeps, not the password. */
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'

export class ScramServer {
  readonly #hash: string
  readonly #storedKey: Buffer
  readonly #serverKey: Buffer
  readonly #salt = Buffer.from('salt of the earth')
  readonly #iterations: number
  #firstBare = ''
  #serverFirst = ''

  constructor(hash: string, password: string, iterations = 4096) {
    this.#hash = hash
    this.#iterations = iterations
    const length = createHash(hash).digest().length
    const salted = pbkdf2Sync(password, this.#salt, iterations, length, hash)
    const key = (name: string) => createHmac(hash, salted).update(name).digest()
    this.#storedKey = createHash(hash).update(key('Client Key')).digest()
    this.#serverKey = key('Server Key')
  }

  /** The name that the client's first message carries, unescaped, and the answer. */
  first(message: Uint8Array): { readonly name: string; readonly answer: Buffer } {
    this.#firstBare = String(Buffer.from(message)).replace(/^n,,/, '')
    const [, name = '', nonce = ''] = /^n=([^,]*),r=(.*)$/.exec(this.#firstBare) ?? []
    const salt = this.#salt.toString('base64')
    this.#serverFirst = `r=${nonce}more,s=${salt},i=${this.#iterations}`
    const plain = name.replaceAll('=2C', ',').replaceAll('=3D', '=')
    return { name: plain, answer: Buffer.from(this.#serverFirst) }
  }

  /** The broker's last message; undefined when the proof is wrong. */
  final(message: Uint8Array): Buffer | undefined {
    const [, bare = '', proof = ''] = /^(.*),p=(.*)$/.exec(String(Buffer.from(message))) ?? []
    const signed = `${this.#firstBare},${this.#serverFirst},${bare}`
    const signature = createHmac(this.#hash, this.#storedKey).update(signed).digest()
    const clientKey = Buffer.from(proof, 'base64').map((byte, at) => byte ^ signature[at]!)
    const stored = createHash(this.#hash).update(clientKey).digest()
    if (!stored.equals(this.#storedKey)) return undefined
    const own = createHmac(this.#hash, this.#serverKey).update(signed).digest('base64')
    return Buffer.from(`v=${own}`)
  }
}
