/** The options are put to work: a server that wants a certificate, and a client that has one. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, createServer, type Server, type TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readSettings } from '../../../src/cli/client-config/settings.ts'
import { tlsOptions } from '../../../src/cli/client-config/tls.ts'
import { hasOpenssl, selfSigned } from '../../fixtures/self-signed.ts'

const folder = mkdtempSync(join(tmpdir(), 'odradek-tls-'))
const isPossible = hasOpenssl()
let server: Server
let trust: Record<string, string> = {}
let cert = ''
let key = ''

beforeAll(async () => {
  if (!isPossible) return
  ;({ cert, key } = selfSigned(folder))
  trust = { 'ssl.truststore.location': join(folder, 'cert.pem') }
  const wants = { requestCert: true, rejectUnauthorized: true }
  server = createServer({ key, cert, ca: cert, ...wants }, (socket) =>
    socket.end(socket.getProtocol() ?? ''),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterAll(() => {
  server?.close()
  rmSync(folder, { recursive: true })
})

/** What the server says to whoever is let in: the version of TLS. */
function greeting(settings: Record<string, string>, host = '127.0.0.1'): Promise<string> {
  const options = tlsOptions(readSettings(undefined, settings))
  const { port } = server.address() as AddressInfo
  return new Promise((resolve, reject) => {
    const socket: TLSSocket = connect({ ...options, host, port, servername: 'localhost' })
    let text = ''
    socket.on('data', (bytes: Buffer) => {
      text += bytes.toString()
    })
    socket.once('error', reject).once('close', () => resolve(text))
  })
}

describe.skipIf(!isPossible)('a server that wants a certificate', () => {
  it('lets in who has key and certificate in one PEM file', async () => {
    const file = join(folder, 'own.pem')
    writeFileSync(file, key + cert)
    const own = { 'ssl.keystore.type': 'PEM', 'ssl.keystore.location': file }
    expect(await greeting({ ...trust, ...own })).toBe('TLSv1.3')
    const enabled = { 'ssl.enabled.protocols': 'TLSv1.2' }
    expect(await greeting({ ...trust, ...own, ...enabled })).toBe('TLSv1.2')
  })

  it('lets in who has both as text', async () => {
    const own = { 'ssl.keystore.key': key, 'ssl.keystore.certificate.chain': cert }
    const both = { ...own, 'ssl.truststore.certificates': cert, 'ssl.truststore.type': 'PEM' }
    expect(await greeting(both)).toBe('TLSv1.3')
  })

  it('lets in who has both in a PKCS 12 file, with its password', async () => {
    const file = join(folder, 'own.p12')
    const files = ['-inkey', join(folder, 'key.pem'), '-in', join(folder, 'cert.pem')]
    execFileSync('openssl', ['pkcs12', '-export', ...files, '-out', file, '-passout', 'pass:pw'])
    const own = { 'ssl.keystore.location': file, 'ssl.keystore.type': 'PKCS12' }
    expect(await greeting({ ...trust, ...own, 'ssl.keystore.password': 'pw' })).toBe('TLSv1.3')
    const wrong = { ...trust, ...own, 'ssl.keystore.password': 'other' }
    expect(() => tlsOptions(readSettings(undefined, wrong))).toThrow(/cannot be used: mac verify f/)
  })

  it('opens a key that has a password of its own', async () => {
    const file = join(folder, 'locked.pem')
    const locked = ['-in', join(folder, 'key.pem'), '-aes256', '-passout', 'pass:pw', '-out', file]
    execFileSync('openssl', ['pkey', ...locked])
    execFileSync('sh', ['-c', `cat ${join(folder, 'cert.pem')} >> ${file}`])
    const own = { 'ssl.keystore.location': file, 'ssl.key.password': 'pw' }
    expect(await greeting({ ...trust, ...own })).toBe('TLSv1.3')
  })

  it('is not trusted without its certificate', async () => {
    await expect(greeting({})).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
  })
})

describe('settings that cannot be used', () => {
  const store = join(folder, 'store.jks')
  const empty = join(folder, 'empty')
  beforeAll(() => {
    writeFileSync(store, Buffer.from('feedfeed00000002', 'hex'))
    writeFileSync(empty, '')
  })
  const refused = (settings: Record<string, string>) => () =>
    tlsOptions(readSettings(undefined, settings))

  it.each([
    [{ 'ssl.truststore.location': store }, `keytool -list -rfc -keystore ${store} > ca.pem`],
    [
      { 'ssl.keystore.location': store },
      `keytool -importkeystore -srckeystore ${store} -destkeystore own.p12`,
    ],
    [{ 'ssl.truststore.location': empty }, 'which is empty'],
    [{ 'ssl.truststore.location': '/nonexistent' }, 'cannot be read: it does not exist'],
    [{ 'ssl.keystore.key': 'x' }, 'belong together, and one is missing'],
    [{ 'ssl.enabled.protocols': 'TLSv1.4' }, "is 'TLSv1.4'; it has to name some of TLSv1,"],
    [{ 'ssl.endpoint.identification.algorithm': 'ldaps' }, 'it has to be https, or empty'],
  ])('%j', (settings, sentence) => {
    expect(refused(settings as Record<string, string>)).toThrow(sentence)
  })

  it('an empty way of identification takes every host name', () => {
    const settings = { 'ssl.endpoint.identification.algorithm': '' }
    const { checkServerIdentity } = tlsOptions(readSettings(undefined, settings))
    expect(checkServerIdentity?.('a', {} as never)).toBeUndefined()
    const usual = tlsOptions(readSettings(undefined, {}))
    expect(usual.checkServerIdentity).toBeUndefined()
  })
})
