/** The command lines of `produce` and `consume`. Short options are those of kcat. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { assert } from '../../base/assert.ts'
import type { HeaderPair } from '../../client/index.ts'
import type { ConsumeOptions } from '../command/consume.ts'
import type { ProduceOptions } from '../command/produce.ts'
import { type OffsetOption, offsetForms, parseOffset } from '../start-offset.ts'
import type { Terminal } from '../terminal.ts'
import { withClusterOptions } from './cluster-options.ts'
import { positiveInteger, wholeNumber } from './option-values.ts'
import { type Choose, subcommand } from './subcommand.ts'

/** Options that both commands have: how records look on the pipe. */
function withTextOptions(command: Command): Command {
  return command
    .option('-K, --key-separator <text>', 'what stands between key and value, as \\t or :')
    .option('-D, --delimiter <text>', 'what ends a record (default: \\n)', notEmpty)
    .option('-Z, --null-value <text>', 'what stands for a key or value that is null')
    .option('-q, --quiet', 'no counters on a terminal')
}

/** Adds `produce`. */
export function addProduce(program: Command, terminal: Terminal, choose: Choose): void {
  const produce = subcommand(program, 'produce')
    .description('Send records to a topic: one a line, of files or stdin.')
    .argument('<topic>', 'its name')
    .argument('[file...]', 'files to read; stdin without any')
    .option('-k, --key <text>', 'the key of records without one')
    .option('-H, --header <name=value>', 'a header of each record, may be repeated', collectHeader)
    .option('-p, --partition <n>', 'the partition of all records', wholeNumber)
    .option('-J, --json', 'lines are JSON objects as consume --json prints them')
    .option('--repartition', 'with --json: partitions by key, not as the lines say')
    .option('--acks <n>', 'who must have it: all (the default), 1 the leader, 0 nobody', acksOf)
    .addOption(
      new Option('-z, --compression <codec>', 'how batches are compressed').choices([
        ...['none', 'gzip', 'snappy', 'lz4', 'zstd'],
      ]),
    )
    .option('--linger <ms>', 'how long a batch waits to be filled (default: 0)', wholeNumber)
    .option('--keep-going', 'read on when records could not be stored')
  withClusterOptions(withTextOptions(produce)).action(
    (topic: string, files: string[], options: ProduceOptions) => {
      if (options.json === true) {
        const isOther = options.keySeparator ?? options.nullValue ?? options.key
        if (isOther !== undefined) {
          produce.error('odradek: --json says it all: no key, separator or null value beside it')
        }
      }
      choose(async () =>
        (await import('../command/produce.ts')).produce(topic, files, options, terminal),
      )
    },
  )
}

/** Adds `consume`. */
export function addConsume(program: Command, terminal: Terminal, choose: Choose): void {
  const consume = subcommand(program, 'consume')
    .description('Print the records of a topic as they come.')
    .argument('<topic>', 'its name')
    .option('--from-beginning', 'begin with the first record there is, not with the next one')
    .option('-p, --partition <n,...>', 'partitions to read (default: all)', partitionsOf)
    .option('-o, --offset <where>', `where to begin or stop: ${offsetForms}`, collectOffset)
    .option('-c, --count <n>', 'stop after so many records', positiveInteger)
    .option('-e, --exit-at-end', 'stop behind the last record there is')
    .option('-g, --group <id>', 'read as a member of a group, which keeps the place')
    .option('-f, --format <format>', "print by kcat's format: %t %p %o %T %k %K %s %S %R %h")
    .option('-J, --json', 'print JSON objects, which lose nothing')
    .addOption(
      new Option('--isolation-level <level>', 'whether open transactions are seen').choices([
        ...['read_uncommitted', 'read_committed'],
      ]),
    )
  withClusterOptions(withTextOptions(consume)).action((topic: string, options: ConsumeOptions) => {
    const wrong = consumeConflict(options)
    if (wrong !== undefined) consume.error(`odradek: ${wrong}`)
    choose(async () => (await import('../command/consume.ts')).consume(topic, options, terminal))
  })
}

/** Options that cannot be had together, in a sentence. */
function consumeConflict(options: ConsumeOptions): string | undefined {
  const { group, partition, offset, fromBeginning, json, format, keySeparator, nullValue } = options
  const isPlaced = partition !== undefined || offset !== undefined
  if (group !== undefined && isPlaced) {
    return '--group divides partitions and keeps places itself: no --partition or --offset with it'
  }
  const starts = (offset ?? []).filter(({ kind }) => kind !== 'until-time').length
  if (starts > 1 || (offset?.length ?? 0) - starts > 1) {
    return '--offset says twice where to begin, or twice where to stop'
  }
  if (fromBeginning === true && starts > 0) return '--from-beginning and --offset contradict'
  const isText = keySeparator !== undefined || nullValue !== undefined
  if (json === true && (format !== undefined || isText)) {
    return '--json says it all: no format, separator or null value beside it'
  }
  return undefined
}

function notEmpty(text: string): string {
  if (text === '') throw new InvalidArgumentError('It must not be empty.')
  return text
}

/** `NAME=VALUE`, or a name alone for a header without a value. */
function collectHeader(text: string, previous: readonly HeaderPair[] = []): HeaderPair[] {
  const cut = text.indexOf('=')
  const pair: HeaderPair = cut < 0 ? [text, null] : [text.slice(0, cut), text.slice(cut + 1)]
  return [...previous, pair]
}

function acksOf(text: string): 'all' | 0 | 1 {
  if (text === 'all' || text === '-1') return 'all'
  if (text === '0' || text === '1') return text === '0' ? 0 : 1
  throw new InvalidArgumentError('It must be all, 1 or 0.')
}

function partitionsOf(text: string, previous: readonly number[] = []): number[] {
  return [...previous, ...text.split(',').map(wholeNumber)]
}

function collectOffset(text: string, previous: readonly OffsetOption[] = []): OffsetOption[] {
  const offset = parseOffset(text)
  if (offset === undefined) throw new InvalidArgumentError(`It must be ${offsetForms}.`)
  assert(offset.kind !== 'offset' || offset.offset >= 0, 'an offset counts from 0')
  return [...previous, offset]
}
