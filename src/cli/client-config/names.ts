/** Kafka's names of client configs, and what they are called in the options of our clients. */
import { assert } from '../../base/assert.ts'
import { parseDuration } from '../point-in-time.ts'

/** What a command makes. */
export type ClientKind = 'admin' | 'producer' | 'consumer'

/** How the text of a setting becomes the value of an option: the value, or what it has to be. */
type Reading = (text: string) => { readonly value: unknown } | string

/** One config: its option, and how its text is read. */
export interface ConfigName {
  readonly option: string
  readonly read: Reading
}

const text: Reading = (given) => ({ value: given })
const number: Reading = (given) =>
  /^-?\d{1,16}$/.test(given) ? { value: Number(given) } : 'a whole number'
const flag: Reading = (given) => {
  const word = given.toLowerCase()
  return word === 'true' || word === 'false' ? { value: word === 'true' } : 'true or false'
}
/** Kafka writes "never" as -1. */
const numberOrNever: Reading = (given) => (given === '-1' ? { value: Infinity } : number(given))
const acks: Reading = (given) => {
  if (given === 'all' || given === '-1') return { value: 'all' }
  return given === '0' || given === '1' ? { value: Number(given) } : 'all, -1, 0 or 1'
}

const reset: Reading = (given) => {
  const [, duration = ''] = /^by_duration:(.*)$/i.exec(given) ?? []
  const durationMs = parseDuration(duration)
  return { value: durationMs === undefined ? given : { durationMs } }
}

type Table = Readonly<Record<string, Reading | ConfigName>>

const connection: Table = {
  'client.id': text,
  'socket.connection.setup.timeout.ms': number,
  'request.timeout.ms': number,
  'retry.backoff.ms': number,
  'retry.backoff.max.ms': number,
  'reconnect.backoff.ms': number,
  'reconnect.backoff.max.ms': number,
  'connections.max.idle.ms': numberOrNever,
  'metadata.max.age.ms': number,
  'receive.message.max.bytes': number,
}

const tables: Readonly<Record<ClientKind, Table>> = {
  admin: { ...connection, 'default.api.timeout.ms': number },
  producer: {
    ...connection,
    acks,
    'enable.idempotence': flag,
    'max.in.flight.requests.per.connection': { option: 'maxInFlight', read: number },
    'batch.size': number,
    'linger.ms': number,
    'buffer.memory': number,
    'max.block.ms': number,
    'max.request.size': number,
    'delivery.timeout.ms': number,
    retries: number,
    'compression.type': text,
    'compression.level': { option: 'compressionLevel', read: number },
  },
  consumer: {
    ...connection,
    'group.id': text,
    'group.instance.id': text,
    'enable.auto.commit': flag,
    'auto.commit.interval.ms': number,
    'auto.offset.reset': reset,
    'isolation.level': text,
    'client.rack': text,
    'exclude.internal.topics': flag,
    'allow.auto.create.topics': flag,
    'fetch.min.bytes': number,
    'fetch.max.wait.ms': number,
    'fetch.max.bytes': number,
    'max.partition.fetch.bytes': number,
    'max.poll.records': number,
    'max.poll.interval.ms': number,
    'session.timeout.ms': number,
    'heartbeat.interval.ms': number,
    'default.api.timeout.ms': number,
    'check.crcs': flag,
  },
}

/** The configs that a client of this kind has, by Kafka's names. */
export function configsOf(kind: ClientKind): ReadonlyMap<string, ConfigName> {
  const configs = Object.entries(tables[kind])
  assert(configs.length > 0, 'every kind of client has configs')
  return new Map(
    configs.map(([name, one]) => {
      const config = typeof one === 'function' ? { option: camelCase(name), read: one } : one
      return [name, config] as const
    }),
  )
}

/** Configs of clients of other kinds: one file may serve several commands. */
export function configsOfOthers(kind: ClientKind): ReadonlySet<string> {
  const own = new Set(Object.keys(tables[kind]))
  const all = Object.values(tables).flatMap((table) => Object.keys(table))
  assert(own.size <= all.length, 'own configs are among all')
  return new Set(all.filter((name) => !own.has(name)))
}

function camelCase(name: string): string {
  return name.replace(/\.(\w)/g, (_, letter: string) => letter.toUpperCase())
}
