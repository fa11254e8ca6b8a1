import { type Command, Option } from 'commander'
import type { Terminal } from '../terminal.ts'
import { withClusterOptions } from './cluster-options.ts'
import { collectPair, millisecondsOf, positiveInteger, shiftOf } from './option-values.ts'
import { type Choose, helpCommand, subcommand } from './subcommand.ts'

/** Client configs of Kafka's older tools, and of options that have a name of their own. */
interface ConfigOptions {
  readonly commandProperty?: Readonly<Record<string, string>>
  readonly producerProps?: Readonly<Record<string, string>>
  readonly acks?: string
  readonly compression?: string
  readonly fetchSize?: number
}

/** `odradek perf …` */
export function addPerf(program: Command, terminal: Terminal, choose: Choose): void {
  const perf = subcommand(program, 'perf')
    .description("Measure a broker, with the lines of Kafka's own tools.")
    .helpCommand(...helpCommand)
  const verb = (name: string): Command =>
    withClusterOptions(subcommand(perf, name))
      .argument('<topic>', 'its name')
      .option('--json', 'print one JSON object a line, with the histogram in the last one')
  addProduce(verb('produce'), terminal, choose)
  addConsume(verb('consume'), terminal, choose)
  addLatency(verb('latency'), terminal, choose)
}

function addProduce(command: Command, terminal: Terminal, choose: Choose): void {
  command
    .description('Send records, as kafka-producer-perf-test does.')
    .option('--num-records <n>', 'how many', positiveInteger, 1_000_000)
    .option('--record-size <bytes>', 'of each value', positiveInteger, 100)
    .option('--throughput <n>', 'records a second at most; -1: no limit', shiftOf, -1)
    .option('--in-flight <n>', 'records at a time without an answer', positiveInteger, 10_000)
    .option('--reporting-interval <ms>', 'between lines', millisecondsOf, 5_000)
    .addOption(new Option('--acks <acks>', 'who has to have a record').choices(['0', '1', 'all']))
    .option('--compression <codec>', 'none, gzip, snappy, lz4 or zstd')
    .option('--producer-props <name=value...>', 'the same as --command-property', collectPair)
    .action((topic: string, options) =>
      choose(async () =>
        (await import('../command/perf-produce.ts')).perfProduce(
          topic,
          { ...options, ...configsOf(options) },
          terminal,
        ),
      ),
    )
}

function addConsume(command: Command, terminal: Terminal, choose: Choose): void {
  command
    .description('Read records, as kafka-consumer-perf-test does.')
    .option('--num-records <n>', 'how many at least', positiveInteger, 1_000_000)
    .option('--group <id>', 'the group to read in (default: one of its own)')
    .option('--from-latest', 'begin at the end where the group has no offsets')
    .option('--timeout <ms>', 'end after so long without a record', millisecondsOf, 10_000)
    .option('--fetch-size <bytes>', 'most of one partition in a request', positiveInteger)
    .option('--reporting-interval <ms>', 'between lines', millisecondsOf, 5_000)
    .option('--show-detailed-stats', 'print a line an interval, in place of one at the end')
    .option('--hide-header', 'leave the headings out')
    .action((topic: string, options) =>
      choose(async () =>
        (await import('../command/perf-consume.ts')).perfConsume(
          topic,
          { ...options, ...configsOf(options) },
          terminal,
        ),
      ),
    )
}

function addLatency(command: Command, terminal: Terminal, choose: Choose): void {
  command
    .description('Send a record, wait for it, send the next, as kafka-e2e-latency does.')
    .option('--num-records <n>', 'how many', positiveInteger, 10_000)
    .option('--record-size <bytes>', 'of each value', positiveInteger, 100)
    .addOption(new Option('--acks <acks>', 'who has to have a record').choices(['1', 'all']))
    .action((topic: string, options) =>
      choose(async () =>
        (await import('../command/perf-latency.ts')).perfLatency(
          topic,
          { ...options, acks: options.acks === 'all' ? 'all' : 1 },
          terminal,
        ),
      ),
    )
}

/** What options with names of their own mean as client configs; those that are named win. */
function configsOf(options: ConfigOptions): ConfigOptions {
  const { commandProperty, producerProps, acks, compression, fetchSize } = options
  const named: Record<string, string> = {}
  if (acks !== undefined) named['acks'] = acks
  if (compression !== undefined) named['compression.type'] = compression
  if (fetchSize !== undefined) named['max.partition.fetch.bytes'] = String(fetchSize)
  return { commandProperty: { ...producerProps, ...commandProperty, ...named } }
}
