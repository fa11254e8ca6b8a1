/** Where a cluster is and how to get in, as the options of a client: alike for all commands. */
import { assert } from '../base/assert.ts'
import { didYouMean } from '../base/nearest-name.ts'
import type {
  AdminOptions,
  ConnectionOptions,
  ConsumerOptions,
  ProducerOptions,
} from '../client/index.ts'
import { type ClientKind, configsOf, configsOfOthers } from './client-config/names.ts'
import { saslOptions } from './client-config/sasl.ts'
import { fromCommandLine, readSettings, type Settings } from './client-config/settings.ts'
import { tlsOptions } from './client-config/tls.ts'
import { defaultServer } from './default-server.ts'
import type { Terminal } from './terminal.ts'

/** What every command is told of its cluster. */
export interface ClusterOptions {
  /** `HOST:PORT` each; the file's `bootstrap.servers`, or the default, where they are left out. */
  readonly bootstrapServer?: readonly string[]
  /** The older name of the same. */
  readonly broker?: readonly string[]
  /** A file of client configs. */
  readonly commandConfig?: string
  /** Client configs by Kafka's names; they win over the file. */
  readonly commandProperty?: Readonly<Record<string, string>>
}

/** Options of each kind of client, without deserializers and the like, which no file can give. */
interface OptionsOf {
  readonly admin: AdminOptions
  readonly producer: ProducerOptions
  readonly consumer: ConsumerOptions
}

/**
 * The options of a client, as the command line and its file of configs say. Configs of the other
 * kinds of clients are passed over, so that one file serves all commands; those that no client of
 * ours has are told on stderr, as Kafka's tools do it.
 *
 * @throws {Error} a sentence with the place of what is wrong.
 */
export function clientOptions<Kind extends ClientKind>(
  kind: Kind,
  options: ClusterOptions,
  terminal: Pick<Terminal, 'err'>,
): OptionsOf[Kind] {
  const settings = readSettings(options.commandConfig, options.commandProperty)
  const given = options.bootstrapServer ?? options.broker
  const configured = settings.take('bootstrap.servers')
  const result: Record<string, unknown> = {
    bootstrapServers: given ?? configured ?? defaultServer,
    clientId: 'odradek-cli',
    ...security(settings),
  }
  const configs = configsOf(kind)
  for (const [name, { option, read }] of configs) {
    const text = settings.take(name)
    if (text === undefined) continue
    const outcome = read(text)
    if (typeof outcome === 'string') {
      throw settings.error(name, `is '${text}'; it has to be ${outcome}`)
    }
    result[option] = outcome.value
  }
  for (const name of configsOfOthers(kind)) settings.pass(name)
  tellOfTheRest(settings, configs.keys(), terminal)
  assert(result['bootstrapServers'] !== undefined, 'a client is told whom to ask')
  return result as unknown as OptionsOf[Kind]
}

const protocols: Readonly<Record<string, { readonly tls: boolean; readonly sasl: boolean }>> = {
  PLAINTEXT: { tls: false, sasl: false },
  SSL: { tls: true, sasl: false },
  SASL_PLAINTEXT: { tls: false, sasl: true },
  SASL_SSL: { tls: true, sasl: true },
}

/** How connections are encrypted, and who we are. */
function security(settings: Settings): Pick<ConnectionOptions, 'tls' | 'sasl'> {
  const name = (settings.take('security.protocol') ?? 'PLAINTEXT').toUpperCase()
  const protocol = protocols[name]
  if (protocol === undefined) {
    const known = Object.keys(protocols).join(', ')
    throw settings.error('security.protocol', `is '${name}'; it has to be one of ${known}`)
  }
  const result: { tls?: object; sasl?: NonNullable<ConnectionOptions['sasl']> } = {}
  if (protocol.tls) result.tls = tlsOptions(settings)
  if (protocol.sasl) result.sasl = saslOptions(settings)
  assert((result.tls !== undefined) === protocol.tls, 'what is asked for is encrypted')
  return result
}

/** A config that does nothing is told, so that a typing error is seen. */
function tellOfTheRest(
  settings: Settings,
  names: Iterable<string>,
  terminal: Pick<Terminal, 'err'>,
): void {
  const known = [...names, ...securityNames]
  for (const { name, from } of settings.rest) {
    // Without SASL or TLS they mean nothing; Kafka's tools say nothing either.
    if (securityNames.includes(name)) continue
    const hint = didYouMean(name, known)
    const what = `${from}: unknown config '${name}'`
    // Somebody typed it just now; a file may be of another program.
    if (from === fromCommandLine) throw new Error(`${what}${hint ?? '.'}`)
    terminal.err(`odradek: ${what}, passed over${hint ?? '.'}`)
  }
}

/** For suggestions, and for files that carry them without need. */
const securityNames = [
  'security.protocol',
  ...['sasl.mechanism', 'sasl.jaas.config', 'sasl.oauthbearer.token.endpoint.url'],
  ...['location', 'type', 'password', 'certificates'].map((name) => `ssl.truststore.${name}`),
  ...['location', 'type', 'password', 'key'].map((name) => `ssl.keystore.${name}`),
  ...['ssl.keystore.certificate.chain', 'ssl.key.password', 'ssl.enabled.protocols'],
  'ssl.endpoint.identification.algorithm',
]
