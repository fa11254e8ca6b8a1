/**
 * Rules between configs, as Apache Kafka 4.3.1 has them: each value may be fine and all of them
 * together wrong. What concerns configs whose only values are their defaults is left out.
 */
import { assert } from '../../base/assert.ts'
import type { BrokerConfig, ConfigTexts } from './broker-config.ts'
import { brokerConfigs } from './tables.ts'

/** What is wrong with a broker's configuration as a whole, or undefined. */
export function brokerRuleProblem(config: BrokerConfig): string | undefined {
  // The defaults agree, so that only what is set can break a rule: mostly none is looked at.
  const texts = [config.static, config.dynamicBroker, config.dynamicDefault]
  const set = texts.flatMap((some) => [...some.keys()])
  for (const { about, problem } of brokerRules) {
    const told = set.some((name) => name.startsWith(about)) ? problem(config) : undefined
    if (told !== undefined) return told
  }
  return undefined
}

/**
 * What is wrong with a group's configs on a broker with this configuration, or undefined: they must
 * lie within the broker's bounds. Texts that are no numbers are judged elsewhere.
 */
export function groupRuleProblem(texts: ConfigTexts, broker: BrokerConfig): string | undefined {
  for (const { own, least, most } of groupBounds()) {
    const name = own.slice('group.'.length)
    const text = texts.get(name)
    if (text === undefined) continue
    const problem = outOfBounds(name, Number(text), least, most, broker)
    if (problem !== undefined) return problem
  }
  return undefined
}

/** Bounds of a client metrics subscription's interval, in ms. */
const [metricsIntervalMsMin, metricsIntervalMsMax] = [100, 3_600_000]

/** What is wrong with the configs of a client metrics subscription, or undefined. */
export function clientMetricsRuleProblem(texts: ConfigTexts): string | undefined {
  const text = texts.get('interval.ms')
  if (text === undefined) return undefined
  const interval = Number(text)
  if (interval >= metricsIntervalMsMin && interval <= metricsIntervalMsMax) return undefined
  const bounds = `between ${metricsIntervalMsMin} and ${metricsIntervalMsMax} (1 hour)`
  return `Invalid value ${text} for interval.ms, interval must be ${bounds}`
}

interface Rule {
  /** With what the names begin that the rule is about. */
  readonly about: string
  readonly problem: (config: BrokerConfig) => string | undefined
}

const brokerRules: readonly Rule[] = [
  {
    about: 'log.retention.',
    problem: (config) => {
      const [name, retention] = firstSet(config, 'log.retention', ['ms', 'minutes', 'hours'])
      return retention === 0 ? `${name} must be -1 for any age, or at least 1` : undefined
    },
  },
  {
    about: 'log.roll.',
    problem: (config) => {
      const [name, roll] = firstSet(config, 'log.roll', ['ms', 'hours'])
      return roll < 1 ? `${name} must be at least 1` : undefined
    },
  },
  {
    about: 'log.roll.jitter.',
    problem: (config) => {
      const [name, jitter] = firstSet(config, 'log.roll.jitter', ['ms', 'hours'])
      return jitter < 0 ? `${name} must be at least 0` : undefined
    },
  },
  {
    about: 'connections.max.idle.ms',
    problem: (config) => {
      const [idle, delay] = ['connections.max.idle.ms', 'connection.failed.authentication.delay.ms']
      const [idleMs, delayMs] = [config.number(idle), config.number(delay)]
      if (idleMs < 0 || idleMs > delayMs) return undefined
      return `${idle} must be more than ${delayMs}, or negative for ever`
    },
  },
  { about: 'max.connections.per.ip', problem: overridesProblem },
  {
    about: 'queued.max.request.bytes',
    problem: (config) => {
      const [queue, request] = ['queued.max.request.bytes', 'socket.request.max.bytes']
      const bytes = config.number(queue)
      if (bytes <= 0 || bytes >= config.number(request)) return undefined
      return `${queue} must be at least ${request}, or -1 for any number`
    },
  },
  {
    about: 'log.cleaner.',
    problem: (config) => {
      const [buffer, threads] = ['log.cleaner.dedupe.buffer.size', 'log.cleaner.threads']
      if (config.number(buffer) >= config.number(threads) * cleanerBufferBytesMin) return undefined
      return `${buffer} must be at least 1 MiB for each of ${threads}`
    },
  },
  {
    about: 'offsets.topic.compression.codec',
    problem: (config) => {
      const name = 'offsets.topic.compression.codec'
      const codec = config.number(name)
      return codec >= 0 && codec <= 4
        ? undefined
        : `${name} must be 0 to 4; there is no codec ${codec}`
    },
  },
  {
    about: 'group.coordinator.rebalance.protocols',
    problem: (config) => {
      const name = 'group.coordinator.rebalance.protocols'
      return config.list(name).includes('classic') ? undefined : `${name} must name classic`
    },
  },
  {
    about: 'group.',
    problem: (config) => {
      for (const { own, least, most } of groupBounds()) {
        if (config.number(most) < config.number(least)) return `${most} must be at least ${least}`
        const problem = outOfBounds(own, config.number(own), least, most, config)
        if (problem !== undefined) return problem
      }
      return undefined
    },
  },
]

const cleanerBufferBytesMin = 2 ** 20

/** The value in force of a time that can be written in several units. */
function firstSet(
  config: BrokerConfig,
  prefix: string,
  units: readonly string[],
): [name: string, value: number] {
  const names = units.map((unit) => `${prefix}.${unit}`)
  const name = names.find((one) => config.value(one) !== null)
  assert(name !== undefined, 'a time in the last unit has a default')
  return [name, config.number(name)]
}

function overridesProblem(config: BrokerConfig): string | undefined {
  const [limit, overrides] = ['max.connections.per.ip', 'max.connections.per.ip.overrides']
  const entries = (config.text(overrides) ?? '').split(',').filter((entry) => entry.trim() !== '')
  const isRead = /^\s*(\[?[0-9A-Fa-f.:]+\]?|[\w.-]+)\s*:\s*\d+\s*$/
  const wrong = entries.find((entry) => !isRead.test(entry))
  if (wrong !== undefined) {
    const form = 'is not of the form HOST:NUMBER with an address or the name of a host'
    return `"${wrong.trim()}" in ${overrides} ${form}`
  }
  if (config.number(limit) > 0 || entries.length > 0) return undefined
  return `${limit} can be 0 only where ${overrides} says who may connect`
}

interface GroupBound {
  readonly own: string
  readonly least: string
  readonly most: string
}

/** Every `group.<kind>.<x>` that has a `group.<kind>.min.<x>` and a `group.<kind>.max.<x>`. */
function groupBounds(): readonly GroupBound[] {
  bounds ??= [...brokerConfigs().keys()].flatMap((least) => {
    const match = /^group\.(consumer|share|streams)\.min\.(.+)$/.exec(least)
    if (match === null) return []
    const [, kind, rest] = match
    const bound = { own: `group.${kind}.${rest}`, least, most: `group.${kind}.max.${rest}` }
    return brokerConfigs().has(bound.own) && brokerConfigs().has(bound.most) ? [bound] : []
  })
  assert(bounds.length > 0, 'groups have bounds')
  return bounds
}

let bounds: readonly GroupBound[] | undefined

function outOfBounds(
  name: string,
  value: number,
  least: string,
  most: string,
  broker: BrokerConfig,
): string | undefined {
  if (value < broker.number(least)) return `${name} must be greater than or equal to ${least}`
  if (value > broker.number(most)) return `${name} must be less than or equal to ${most}`
  return undefined
}
