import { parseArgs } from 'node:util'
import type { BrokerTarget, Settings } from '../../src/bench/broker/broker-target.ts'
import { odradekTarget } from '../../src/bench/broker/odradek-target.ts'
import { flushEach, pageCache } from '../../src/bench/harness/flush-mode.ts'
import { kafkaTarget } from '../../test/conformance/broker-target.ts'

/** What a bench was asked to do. */
export interface BenchOptions {
  /** Brokers under test, in the order in which they take turns. */
  readonly targets: readonly BrokerTarget[]
  readonly rounds: number
  /** The longest that one case is measured. */
  readonly secondsMax: number
  /** Names of the cases to run; empty is all. */
  readonly cases: readonly string[]
  /** Leaves memory as it is instead of filling it with page cache before each run. */
  readonly cold: boolean
  /** Broker configs of this run. */
  readonly settings: Settings
  /** Folder in which the brokers' folders are made. */
  readonly parent: string | undefined
  /** Folder of Apache Kafka's jars, where one was named. */
  readonly kafkaJars: string | undefined
  /** File for the results as JSON. */
  readonly json: string | undefined
  /** The bench's own numbers, by the names of {@link BenchCommand.numbers}. */
  readonly numbers: Readonly<Record<string, number>>
  /** The bench's own words, by the names of {@link BenchCommand.words}; none without a fallback. */
  readonly words: Readonly<Record<string, string>>
  /** Those of the bench's own {@link BenchCommand.flags} that were given. */
  readonly flags: ReadonlySet<string>
}

/** How one bench's command line differs from the others'. */
export interface BenchCommand {
  /** Shared options that it does not have. */
  readonly without?: readonly string[]
  /** Numbers above 0 that only it has, by option. */
  readonly numbers?: Readonly<Record<string, { readonly fallback: number; readonly help: string }>>
  /** Words that only it has, by option; `value` is what the help calls them. */
  readonly words?: Readonly<
    Record<string, { readonly value: string; readonly fallback?: string; readonly help: string }>
  >
  /** Flags that only it has: what each does. */
  readonly flags?: Readonly<Record<string, string>>
  /** Broker configs of all its runs, which --set may still change. */
  readonly settings?: Settings
}

/** An option: a flag, unless it has a name for its value. */
interface Rule {
  readonly value?: string
  readonly multiple?: true
  readonly help: string
}

const shared: Readonly<Record<string, Rule>> = {
  target: { value: 'odradek,kafka', help: 'who takes turns (odradek)' },
  'kafka-jars': {
    value: 'DIR',
    help: 'jars of Apache Kafka ($KAFKA_HOME, see test/conformance/apache-kafka)',
  },
  rounds: { value: 'N', help: 'turns of each (3)' },
  seconds: { value: 'N', help: 'longest measured time of a case (5)' },
  case: { value: 'NAME[,NAME]', help: 'only these cases' },
  cold: { help: 'do not fill memory with page cache before each run' },
  durable: { help: 'flush every batch before its ack, instead of page-cache mode' },
  set: { value: 'NAME=VALUE', multiple: true, help: 'a broker config, may be repeated' },
  data: { value: 'DIR', help: "where the data goes (the system's temporary folder)" },
  json: { value: 'FILE', help: 'also write the results there' },
}

/** Reads the process's command line; prints the help and ends the process where asked. */
export function parseOptions(command: BenchCommand = {}): BenchOptions {
  const args = process.argv.slice(2)
  if (args.includes('--help')) {
    console.log(helpText(command))
    process.exit(0)
  }
  return readOptions(args, command)
}

/**
 * Reads a command line.
 * @throws {Error} one sentence about the first option that is unknown or wrong
 */
export function readOptions(args: readonly string[], command: BenchCommand = {}): BenchOptions {
  const rules = Object.entries(rulesOf(command)).map(([name, { value, multiple }]) => {
    const type = value === undefined ? ('boolean' as const) : ('string' as const)
    return [name, { type, multiple: multiple ?? false }] as const
  })
  const { values } = parseArgs({ args: [...args], options: Object.fromEntries(rules) })
  const text = (name: string): string | undefined => values[name]?.toString()
  const number = (name: string, fallback: number): number =>
    positive(`--${name}`, text(name) ?? String(fallback))
  const flush = values['durable'] === true ? flushEach : pageCache
  const set = Array.isArray(values['set']) ? values['set'] : []
  return {
    targets: (text('target') ?? 'odradek')
      .split(',')
      .map((name) => targetNamed(name, text('kafka-jars'))),
    rounds: number('rounds', 3),
    secondsMax: number('seconds', 5),
    cases: text('case')?.split(',') ?? [],
    cold: values['cold'] === true,
    settings: {
      ...(command.without?.includes('durable') ? {} : flush),
      ...command.settings,
      ...Object.fromEntries(set.map((pair) => splitSetting(String(pair)))),
    },
    parent: text('data'),
    kafkaJars: text('kafka-jars'),
    json: text('json'),
    numbers: Object.fromEntries(
      Object.entries(command.numbers ?? {}).map(([name, own]) => [
        name,
        number(name, own.fallback),
      ]),
    ),
    words: Object.fromEntries(
      Object.entries(command.words ?? {}).flatMap(([name, own]) => {
        const word = text(name) ?? own.fallback
        return word === undefined ? [] : [[name, word]]
      }),
    ),
    flags: new Set(Object.keys(command.flags ?? {}).filter((name) => values[name] === true)),
  }
}

function rulesOf(command: BenchCommand): Record<string, Rule> {
  const { without = [], numbers = {}, words = {}, flags = {} } = command
  const kept = Object.entries(shared).filter(([name]) => !without.includes(name))
  const own = Object.entries(numbers).map(([name, { fallback, help }]): [string, Rule] => [
    name,
    { value: 'N', help: `${help} (${fallback})` },
  ])
  for (const [name, { value, fallback, help }] of Object.entries(words)) {
    own.push([name, { value, help: fallback === undefined ? help : `${help} (${fallback})` }])
  }
  for (const [name, help] of Object.entries(flags)) own.push([name, { help }])
  return Object.fromEntries([...own, ...kept])
}

/** The list of a bench's options, one a line. */
export function helpText(command: BenchCommand = {}): string {
  const lines = Object.entries(rulesOf(command)).map(([name, { value, help }]) => {
    const use = value === undefined ? `--${name}` : `--${name} ${value}`
    return `  ${use.padEnd(25)}${help}`
  })
  return ['Options, all with a default:', ...lines].join('\n')
}

function targetNamed(name: string, jars: string | undefined): BrokerTarget {
  if (name === 'odradek') return odradekTarget
  if (name === 'kafka') return kafkaTarget(jars)
  throw new Error(`--target knows odradek and kafka, not ${name}`)
}

function positive(name: string, text: string): number {
  const value = Number(text)
  if (!(value > 0)) throw new Error(`${name} must be a number above 0, not ${text}`)
  return value
}

function splitSetting(pair: string): [string, string] {
  const at = pair.indexOf('=')
  if (at < 1) throw new Error(`--set needs NAME=VALUE, not ${pair}`)
  return [pair.slice(0, at), pair.slice(at + 1)]
}
