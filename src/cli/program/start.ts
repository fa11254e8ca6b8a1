import { type Command, Option } from 'commander'
import type { Terminal } from '../terminal.ts'
import { collectEndpoint, collectPair, endpointOf } from './option-values.ts'
import { type Choose, subcommand } from './subcommand.ts'

/** `odradek start` */
export function addStart(program: Command, terminal: Terminal, choose: Choose): void {
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
      choose(async () => (await import('../command/start.ts')).start(options, terminal)),
    )
}
