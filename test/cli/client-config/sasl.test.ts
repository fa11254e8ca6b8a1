import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { saslOptions } from '../../../src/cli/client-config/sasl.ts'
import { readSettings } from '../../../src/cli/client-config/settings.ts'

const kafka = 'org.apache.kafka.common.security'
const scram = `${kafka}.scram.ScramLoginModule required username="alice" password="s;e=c";`
const oauth = `${kafka}.oauthbearer.OAuthBearerLoginModule required`

function sasl(settings: Record<string, string>) {
  return saslOptions(readSettings(undefined, settings))
}

/** What the callback of an OAUTHBEARER mechanism gives. */
async function tokenOf(settings: Record<string, string>): Promise<string> {
  const options = sasl({ 'sasl.mechanism': 'OAUTHBEARER', ...settings })
  if (options.mechanism !== 'OAUTHBEARER') throw new Error(options.mechanism)
  return (await options.token()).value
}

test.each(['SCRAM-SHA-256', 'SCRAM-SHA-512'])('%s has a name and a password', (mechanism) => {
  const settings = { 'sasl.mechanism': mechanism, 'sasl.jaas.config': scram }
  expect(sasl(settings)).toEqual({ mechanism, username: 'alice', password: 's;e=c' })
})

test('PLAIN', () => {
  const config = `${kafka}.plain.PlainLoginModule required username="a" password="b";`
  const settings = { 'sasl.mechanism': 'PLAIN', 'sasl.jaas.config': config }
  expect(sasl(settings)).toEqual({ mechanism: 'PLAIN', username: 'a', password: 'b' })
})

test.each([
  [{}, 'sasl.mechanism is GSSAPI, which this client has not; it has PLAIN,'],
  [{ 'sasl.mechanism': 'SCRAM-SHA-1' }, 'sasl.mechanism is SCRAM-SHA-1, which this client has not'],
  [{ 'sasl.mechanism': 'PLAIN' }, 'sasl.jaas.config is missing: SASL needs it.'],
  [
    { 'sasl.mechanism': 'PLAIN', 'sasl.jaas.config': scram },
    'sasl.jaas.config names ScramLoginModule; PLAIN needs PlainLoginModule.',
  ],
  [
    { 'sasl.mechanism': 'PLAIN', 'sasl.jaas.config': 'PlainLoginModule required username="a";' },
    'sasl.jaas.config has no password.',
  ],
  [
    { 'sasl.mechanism': 'PLAIN', 'sasl.jaas.config': 'PlainLoginModule required username="a' },
    'sasl.jaas.config cannot be read: a quote in it is not closed.',
  ],
  [
    { 'sasl.mechanism': 'OAUTHBEARER', 'sasl.jaas.config': `${oauth};` },
    'sasl.oauthbearer.token.endpoint.url is missing,',
  ],
  [
    {
      'sasl.mechanism': 'OAUTHBEARER',
      'sasl.jaas.config': `${oauth};`,
      'sasl.oauthbearer.token.endpoint.url': 'ftp://x',
    },
    "sasl.oauthbearer.token.endpoint.url is 'ftp://x'; it has to begin with file:, http: or https:",
  ],
  [
    {
      'sasl.mechanism': 'OAUTHBEARER',
      'sasl.jaas.config': `${oauth} clientId="x";`,
      'sasl.oauthbearer.token.endpoint.url': 'https://x/y',
    },
    'sasl.jaas.config needs clientId and clientSecret, for the token endpoint.',
  ],
])('%j is refused, and no secret shown', (settings, sentence) => {
  let message = ''
  try {
    sasl(settings as Record<string, string>)
  } catch (error) {
    message = (error as Error).message
  }
  expect(message).toContain(sentence)
  expect(message).not.toContain('s;e=c')
})

test('a token that vouches for itself, as Kafka makes one without an issuer', async () => {
  const config = `${oauth} unsecuredLoginStringClaim_sub="alice";`
  const [head, body, signature] = (await tokenOf({ 'sasl.jaas.config': config })).split('.')
  const json = (part = '') => JSON.parse(Buffer.from(part, 'base64url').toString()) as object
  expect(json(head)).toEqual({ alg: 'none' })
  expect(json(body)).toMatchObject({ sub: 'alice' })
  expect(signature).toBe('')
})

test('a token from a file, which is read each time', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'odradek-token-'))
  const file = join(folder, 'token')
  const url = pathToFileURL(file).href
  const settings = { 'sasl.jaas.config': `${oauth};`, 'sasl.oauthbearer.token.endpoint.url': url }
  await expect(tokenOf(settings)).rejects.toThrow('which cannot be read: it does not exist.')
  writeFileSync(file, 'first\n')
  expect(await tokenOf(settings)).toBe('first')
  rmSync(folder, { recursive: true })
})

test('a token from an identity provider, for the credentials of the client', async () => {
  const asked: string[] = []
  let answer: [number, string] = [200, '{"access_token":"abc"}']
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString()
    })
    request.on('end', () => {
      asked.push(`${request.headers.authorization} ${body}`)
      response.writeHead(answer[0], { 'content-type': 'application/json' }).end(answer[1])
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`
  const settings = {
    'sasl.jaas.config': `${oauth} clientId="me" clientSecret="a:b" scope="kafka";`,
    'sasl.oauthbearer.token.endpoint.url': url,
  }
  expect(await tokenOf(settings)).toBe('abc')
  const credentials = Buffer.from('me:a%3Ab').toString('base64')
  expect(asked).toEqual([`Basic ${credentials} grant_type=client_credentials&scope=kafka`])
  answer = [401, '{}']
  await expect(tokenOf(settings)).rejects.toThrow(`${url} answered 401 instead of a token`)
  answer = [200, '{}']
  await expect(tokenOf(settings)).rejects.toThrow(`${url} answered without an access_token`)
  await new Promise((resolve) => server.close(resolve))
})
