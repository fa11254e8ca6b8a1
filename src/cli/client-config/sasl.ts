/** Kafka's `sasl.*` configs as the options of our clients. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { assert } from '../../base/assert.ts'
import type { ConnectionOptions, OAuthToken } from '../../client/index.ts'
import { fileErrorReason } from '../file-error.ts'
import { type JaasEntry, parseJaas } from './jaas.ts'
import type { Settings } from './settings.ts'

type SaslOptions = NonNullable<ConnectionOptions['sasl']>

const jaasConfig = 'sasl.jaas.config'
const endpointUrl = 'sasl.oauthbearer.token.endpoint.url'

/** Which login module belongs to which mechanism. */
const modules: Readonly<Record<SaslOptions['mechanism'], string>> = {
  PLAIN: 'PlainLoginModule',
  'SCRAM-SHA-256': 'ScramLoginModule',
  'SCRAM-SHA-512': 'ScramLoginModule',
  OAUTHBEARER: 'OAuthBearerLoginModule',
}

/**
 * Reads `sasl.mechanism`, `sasl.jaas.config` and what belongs to a token.
 *
 * @throws {Error} what is missing or cannot be used; secrets are never shown.
 */
export function saslOptions(settings: Settings): SaslOptions {
  const mechanism = settings.take('sasl.mechanism') ?? 'GSSAPI'
  const module = modules[mechanism as SaslOptions['mechanism']]
  if (module === undefined) {
    const known = Object.keys(modules).join(', ')
    const what = `is ${mechanism}, which this client has not; it has ${known}`
    throw settings.error('sasl.mechanism', what)
  }
  const entry = jaasEntry(settings)
  if (entry.module !== module) {
    throw settings.error(jaasConfig, `names ${entry.module}; ${mechanism} needs ${module}`)
  }
  if (mechanism === 'OAUTHBEARER') {
    return { mechanism, token: tokenSource(settings, entry.options) }
  }
  const { username, password } = entry.options
  if (username === undefined || password === undefined) {
    throw settings.error(jaasConfig, `has no ${username === undefined ? 'username' : 'password'}`)
  }
  assert(module !== modules.OAUTHBEARER, 'names and passwords are for the others')
  return { mechanism: mechanism as 'PLAIN' | 'SCRAM-SHA-256', username, password }
}

function jaasEntry(settings: Settings): JaasEntry {
  const text = settings.take(jaasConfig)
  if (text === undefined) throw settings.error(jaasConfig, 'is missing: SASL needs it')
  const entry = parseJaas(text)
  if (typeof entry === 'string') throw settings.error(jaasConfig, `cannot be read: ${entry}`)
  return entry
}

/** Where tokens come from: a file, an identity provider, or, for tests, ourselves. */
function tokenSource(
  settings: Settings,
  options: JaasEntry['options'],
): () => OAuthToken | Promise<OAuthToken> {
  const url = settings.take(endpointUrl)
  // Names a class of Java's, and there is one way for each kind of URL here.
  settings.pass('sasl.login.callback.handler.class')
  if (url === undefined) {
    const subject = options['unsecuredLoginStringClaim_sub']
    if (subject !== undefined) return () => ({ value: unsecuredToken(subject, Date.now()) })
    const other = `${jaasConfig} has no unsecuredLoginStringClaim_sub either`
    throw settings.error(endpointUrl, `is missing, and ${other}`)
  }
  if (url.startsWith('file:')) return () => ({ value: tokenFile(settings, url) })
  if (!URL.canParse(url) || !/^https?:/.test(url)) {
    throw settings.error(endpointUrl, `is '${url}'; it has to begin with file:, http: or https:`)
  }
  const id = settings.take('sasl.oauthbearer.client.credentials.client.id') ?? options['clientId']
  const secret =
    settings.take('sasl.oauthbearer.client.credentials.client.secret') ?? options['clientSecret']
  const scope = settings.take('sasl.oauthbearer.scope') ?? options['scope']
  if (id === undefined || secret === undefined) {
    throw settings.error(jaasConfig, 'needs clientId and clientSecret, for the token endpoint')
  }
  return () => fetchToken(url, id, secret, scope)
}

function tokenFile(settings: Settings, url: string): string {
  try {
    return readFileSync(fileURLToPath(url), 'utf8').trim()
  } catch (error) {
    throw settings.error(endpointUrl, `is ${url}, which cannot be read: ${fileErrorReason(error)}`)
  }
}

const lifetimeSeconds = 3_600

/** A token that vouches for itself, as Kafka makes and takes it where there is no issuer. */
function unsecuredToken(subject: string, nowMs: number): string {
  const seconds = Math.floor(nowMs / 1000)
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claims = { sub: subject, iat: seconds, exp: seconds + lifetimeSeconds }
  return `${part({ alg: 'none' })}.${part(claims)}.`
}

const fetchTimeoutMs = 10_000

/** The grant of RFC 6749, section 4.4: credentials of the client for a token. */
async function fetchToken(
  url: string,
  id: string,
  secret: string,
  scope: string | undefined,
): Promise<OAuthToken> {
  const body = new URLSearchParams({ grant_type: 'client_credentials' })
  if (scope !== undefined) body.set('scope', scope)
  const credentials = [id, secret].map(encodeURIComponent).join(':')
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
    body,
    signal: AbortSignal.timeout(fetchTimeoutMs),
  })
  if (!response.ok) throw new Error(`${url} answered ${response.status} instead of a token`)
  const { access_token: value } = (await response.json()) as { readonly access_token?: unknown }
  if (typeof value !== 'string') throw new Error(`${url} answered without an access_token`)
  return { value }
}
