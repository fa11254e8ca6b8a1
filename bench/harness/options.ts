import { parseArgs } from 'node:util'
import {
  type BrokerTarget,
  kafkaTarget,
  odradekTarget,
  type Settings,
} from '../../test/conformance/broker-target.ts'

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
  /** File for the results as JSON. */
  readonly json: string | undefined
}

const flushEach = 'log.flush.interval.messages'
const noFlush = '9223372036854775807'

const help = `Options, all with a default:
  --target odradek,kafka   who takes turns (odradek)
  --kafka-jars DIR         jars of Apache Kafka ($KAFKA_HOME, see test/conformance/apache-kafka)
  --rounds N               turns of each (3)
  --seconds N              longest measured time of a case (5)
  --case NAME[,NAME]       only these cases
  --cold                   do not fill memory with page cache before each run
  --durable                flush every batch before its ack, instead of page-cache mode
  --set NAME=VALUE         a broker config, may be repeated
  --data DIR               where the data goes (the system's temporary folder)
  --json FILE              also write the results there`

/** Reads the command line; prints the help or a complaint and ends the process where asked. */
export function parseOptions(): BenchOptions {
  const { values } = parseArgs({
    options: {
      target: { type: 'string', default: 'odradek' },
      'kafka-jars': { type: 'string' },
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '5' },
      case: { type: 'string', default: '' },
      cold: { type: 'boolean', default: false },
      durable: { type: 'boolean', default: false },
      set: { type: 'string', multiple: true, default: [] },
      data: { type: 'string' },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(help)
    process.exit(0)
  }
  const settings = Object.fromEntries(values.set.map((pair) => splitSetting(pair)))
  return {
    targets: values.target.split(',').map((name) => targetNamed(name, values['kafka-jars'])),
    rounds: positive('--rounds', values.rounds),
    secondsMax: positive('--seconds', values.seconds),
    cases: values.case === '' ? [] : values.case.split(','),
    cold: values.cold,
    settings: { [flushEach]: values.durable ? '1' : noFlush, ...settings },
    parent: values.data,
    json: values.json,
  }
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
