/** Kafka's `ssl.*` configs as options of `node:tls`. */
import { readFileSync } from 'node:fs'
import { createSecureContext, type ConnectionOptions as TlsOptions } from 'node:tls'
import { assert } from '../../base/assert.ts'
import { fileErrorReason } from '../file-error.ts'
import type { Settings } from './settings.ts'

/** What the TLS options of a client are. */
export type { TlsOptions }

type Writable = { -readonly [Name in keyof TlsOptions]: TlsOptions[Name] }

/**
 * Reads the `ssl.*` settings. Certificates come as PEM, a key of one's own as PEM or PKCS 12: a
 * store of Java's own format is refused with the command that turns it into PEM.
 *
 * @throws {Error} a file that cannot be read or used; the sentence names it.
 */
export function tlsOptions(settings: Settings): TlsOptions {
  const tls: Writable = {}
  trust(settings, tls)
  ownKey(settings, tls)
  const identification = settings.take('ssl.endpoint.identification.algorithm') ?? 'https'
  if (identification === '') tls.checkServerIdentity = () => undefined
  else if (identification.toLowerCase() !== 'https') {
    const what = `is '${identification}'; it has to be https, or empty to take every host name`
    throw settings.error('ssl.endpoint.identification.algorithm', what)
  }
  const versions = settings.take('ssl.enabled.protocols')
  if (versions !== undefined) protocols(settings, versions, tls)
  assert(tls.rejectUnauthorized === undefined, 'a certificate is always looked at')
  try {
    createSecureContext(tls)
  } catch (error) {
    const what = `cannot be used: ${(error as Error).message}`
    throw new Error(`The key or the certificates of ssl.keystore and ssl.truststore ${what}.`)
  }
  return tls
}

function trust(settings: Settings, tls: Writable): void {
  const given = settings.take('ssl.truststore.certificates')
  const file = settings.take('ssl.truststore.location')
  // The content tells the type, and certificates are no secret.
  for (const name of ['type', 'password']) settings.pass(`ssl.truststore.${name}`)
  if (given !== undefined) tls.ca = given
  if (file === undefined) return
  const bytes = bytesOf(settings, 'ssl.truststore.location', file)
  if (isPem(bytes)) tls.ca = bytes
  else {
    const command = `keytool -list -rfc -keystore ${file} > ca.pem`
    const what = `is ${file}, a store of Java's; certificates come as PEM here: ${command}`
    throw settings.error('ssl.truststore.location', what)
  }
}

function ownKey(settings: Settings, tls: Writable): void {
  const key = settings.take('ssl.keystore.key')
  const chain = settings.take('ssl.keystore.certificate.chain')
  const file = settings.take('ssl.keystore.location')
  const storePassword = settings.take('ssl.keystore.password')
  const password = settings.take('ssl.key.password') ?? storePassword
  settings.pass('ssl.keystore.type')
  if ((key === undefined) !== (chain === undefined)) {
    const what = 'and ssl.keystore.certificate.chain belong together, and one is missing'
    throw settings.error('ssl.keystore.key', what)
  }
  if (key !== undefined && chain !== undefined) {
    tls.key = key
    tls.cert = chain
  } else if (file !== undefined) {
    const bytes = bytesOf(settings, 'ssl.keystore.location', file)
    if (bytes.readUInt32BE(0) === javaKeyStore) {
      const command = `keytool -importkeystore -srckeystore ${file} -destkeystore own.p12`
      const what = `is ${file}, a store of Java's; a key comes as PEM or PKCS 12 here: ${command}`
      throw settings.error('ssl.keystore.location', what)
    }
    if (isPem(bytes)) {
      tls.key = bytes
      tls.cert = bytes
    } else tls.pfx = bytes
  }
  const hasKey = tls.key !== undefined || tls.pfx !== undefined
  if (password !== undefined && hasKey) tls.passphrase = password
}

const protocolNames = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const

function protocols(settings: Settings, text: string, tls: Writable): void {
  const enabled = protocolNames.filter((name) => list(text).includes(name))
  const [first] = enabled
  if (first === undefined || list(text).length !== enabled.length) {
    const what = `is '${text}'; it has to name some of ${protocolNames.join(', ')}`
    throw settings.error('ssl.enabled.protocols', what)
  }
  assert(enabled.length > 0, 'the list names some')
  tls.minVersion = first
  tls.maxVersion = enabled.at(-1) ?? first
}

function list(text: string): string[] {
  return text.split(',').map((one) => one.trim())
}

/** The first bytes of Java's own store format. */
const javaKeyStore = 0xfeedfeed

function isPem(bytes: Buffer): boolean {
  return bytes.includes('-----BEGIN ')
}

function bytesOf(settings: Settings, name: string, file: string): Buffer {
  let bytes: Buffer
  try {
    bytes = readFileSync(file)
  } catch (error) {
    throw settings.error(name, `is ${file}, which cannot be read: ${fileErrorReason(error)}`)
  }
  if (bytes.length < 4) throw settings.error(name, `is ${file}, which is empty`)
  return bytes
}
