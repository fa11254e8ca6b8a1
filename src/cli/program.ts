import { readFileSync } from 'node:fs'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { type HostPort, parseHostPort } from '../base/endpoint.ts'
import { withClusterOptions } from './client-options.ts'
import { exitCode } from './exit-codes.ts'
import { addConsume, addProduce } from './record-commands.ts'
import { collectPair, positiveInteger, type Run, subcommand } from './subcommand.ts'
import { failureLine, type Terminal } from './terminal.ts'

/** `odradek help start` and `odradek topic help create` say what `--help` does. */
const helpCommand = ['help [command]', 'print the help of a command'] as const

/** What an endpoint that cannot be read is answered with. */
const endpointForm = 'It must have the form HOST:PORT, with a port of 0 to 65535.'

/**
 * Runs one command line (without `node` and the script's name) and resolves with the exit code.
 * Never rejects: what a command throws becomes a sentence on stderr and exit code 1.
 */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<number> {
  let run: Run | undefined
  const program = programOf(terminal, (chosen) => {
    run = chosen
  })
  try {
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    // Help and version end the parse with an error too, of exit code 0. The text is out already.
    return error.exitCode === 0 ? exitCode.success : exitCode.usage
  }
  try {
    return (await run?.()) ?? exitCode.success
  } catch (error) {
    terminal.err(failureLine(error instanceof Error ? error.message : String(error), terminal))
    return exitCode.failure
  }
}

function programOf(terminal: Terminal, choose: (run: Run) => void): Command {
  const program = new Command('odradek')
    .description('A Kafka-compatible log in one process.')
    .version(packageVersion(), '--version', 'print the version')
    .helpOption('--help', 'print this help')
    .helpCommand(...helpCommand)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text.replace(/\n$/, '')),
      writeErr: (text) => terminal.err(text.replace(/\n$/, '')),
      outputError: (text, write) => write(text.replace(/^error: /, 'odradek: ')),
    })
    .showHelpAfterError('("--help" lists what there is)')
  addStart(program, terminal, choose)
  addProduce(program, terminal, choose)
  addConsume(program, terminal, choose)
  addTopic(program, terminal, choose)
  addLog(program, terminal, choose)
  return program
}

function addStart(program: Command, terminal: Terminal, choose: (run: Run) => void): void {
  subcommand(program, 'start')
    .description('Run a broker until SIGTERM or SIGINT.')
    .option(
      '--listen <host:port>',
      'address to listen on, may be repeated; port 0 takes a free one (default: localhost:9092)',
      collectEndpoint,
    )
    .option('--advertise <host:port>', 'address that clients are told to connect to', endpointOf)
    .option('--data <dir>', 'data directory (default: ./odradek-data)')
    .option('--config <file>', "a file in the format of Kafka's server.properties")
    .option(
      '--set <name=value>',
      'a broker config, may be repeated; wins over --config',
      collectPair,
    )
    .option(
      '--cluster-id <id>',
      'id of the cluster: given to a new directory, checked in an old one',
    )
    .option('--http <host:port>', 'serve /health and /metrics there', endpointOf)
    .addOption(
      new Option('--log-format <format>', 'how log lines are written to stderr')
        .choices(['text', 'json'])
        .default('text'),
    )
    .action((options) =>
      choose(async () => (await import('./command/start.ts')).start(options, terminal)),
    )
}

function addTopic(program: Command, terminal: Terminal, choose: (run: Run) => void): void {
  const topic = subcommand(program, 'topic')
    .description('Create, list, describe and delete topics.')
    .helpCommand(...helpCommand)
  const verb = (name: string): Command =>
    withClusterOptions(subcommand(topic, name)).option('--json', 'print JSON')
  verb('create')
    .description('Create a topic.')
    .argument('<name>', 'its name')
    .option('--partitions <n>', "number of partitions (default: the broker's)", positiveInteger)
    .option('--config <name=value>', 'a topic config, may be repeated', collectPair)
    .action((name, options) =>
      choose(async () =>
        (await import('./command/topic-create.ts')).topicCreate(name, options, terminal),
      ),
    )
  verb('list')
    .description('List the topics.')
    .action((options) =>
      choose(async () => (await import('./command/topic-list.ts')).topicList(options, terminal)),
    )
  verb('describe')
    .description('Show partitions and configs of one topic, or of all.')
    .argument('[name]', 'its name')
    .action((name, options) =>
      choose(async () =>
        (await import('./command/topic-describe.ts')).topicDescribe(name, options, terminal),
      ),
    )
  verb('delete')
    .description('Delete a topic and its data.')
    .argument('<name>', 'its name')
    .action((name, options) =>
      choose(async () =>
        (await import('./command/topic-delete.ts')).topicDelete(name, options, terminal),
      ),
    )
}

function addLog(program: Command, terminal: Terminal, choose: (run: Run) => void): void {
  const log = subcommand(program, 'log')
    .description('Look into the files of a data directory, check and mend them.')
    .helpCommand(...helpCommand)
  subcommand(log, 'dump')
    .description('Print what segments, indexes, snapshots and checkpoints hold. Reads only.')
    .argument('<file...>', 'files, told apart by their names')
    .option('--records', 'print the records of each batch too')
    .option('--json', 'print one JSON object a line')
    .action((files, options) =>
      choose(async () => (await import('./command/log-dump.ts')).logDump(files, options, terminal)),
    )
  subcommand(log, 'verify')
    .description(
      'Check every checksum, index and checkpoint of a directory that no broker uses. Reads ' +
        'only. Exit code 0: whole, 1: damaged, 2: could not look.',
    )
    .argument('<dir>', 'a log directory, of Odradek or Apache Kafka')
    .option('--json', 'print one JSON object')
    .action((directory, options) =>
      choose(async () =>
        (await import('./command/log-verify.ts')).logVerify(directory, options, terminal),
      ),
    )
  subcommand(log, 'recover')
    .description(
      'Make an unclean directory a clean one, as a start of the broker would: afterwards Apache ' +
        'Kafka opens it too. Changes nothing in a clean one.',
    )
    .argument('<dir>', 'a log directory')
    .option('--json', 'print one JSON object')
    .action((directory, options) =>
      choose(async () =>
        (await import('./command/log-recover.ts')).logRecover(directory, options, terminal),
      ),
    )
  addRepair(log, terminal, choose)
}

function addRepair(log: Command, terminal: Terminal, choose: (run: Run) => void): void {
  subcommand(log, 'repair')
    .description(
      'Mend a damaged directory that no broker uses: cut damaged partitions behind their last ' +
        'whole batch, rebuild indexes. Says what it would do; does it with --yes.',
    )
    .argument('<dir>', 'a log directory')
    .requiredOption('--truncate', 'agree that records from the first damage on are cut')
    .option('--yes', 'do it; without this nothing is changed')
    .option('--discard', 'remove what is cut, instead of keeping it in files beside it')
    .action((directory, options) =>
      choose(async () =>
        (await import('./command/log-repair.ts')).logRepair(directory, options, terminal),
      ),
    )
}

function endpointOf(text: string): HostPort {
  const endpoint = parseHostPort(text)
  if (endpoint === undefined) throw new InvalidArgumentError(endpointForm)
  return endpoint
}

function collectEndpoint(text: string, previous: readonly HostPort[] | undefined): HostPort[] {
  return [...(previous ?? []), endpointOf(text)]
}

function packageVersion(): string {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}
