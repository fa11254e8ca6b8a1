/** The options by which every command finds its cluster. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { formatHostPort, parseHostPort } from '../../base/endpoint.ts'
import { defaultServer } from '../default-server.ts'
import { collectPair } from './option-values.ts'

/** Gives a command the options that are read as `ClusterOptions`. */
export function withClusterOptions(command: Command): Command {
  return command
    .option(
      '-b, --bootstrap-server <host:port>',
      `where to find the cluster, several with commas between (default: ${defaultServer})`,
      serversOf,
    )
    .addOption(new Option('--broker <host:port>').argParser(serversOf).hideHelp())
    .option(
      '--command-config <file>',
      "client configs, as Kafka's tools take them: security.protocol, sasl.jaas.config, ...",
    )
    .option(
      '-X, --command-property <name=value>',
      'one such config, may be repeated; wins over the file',
      collectPair,
    )
}

function serversOf(text: string): string[] {
  const servers = text.split(',').map((one) => parseHostPort(one.trim()))
  return servers.map((server) => {
    if (server !== undefined && server.host !== '' && server.port > 0) return formatHostPort(server)
    throw new InvalidArgumentError(
      'It must be HOST:PORT, or several of them with commas between, with ports of 1 to 65535.',
    )
  })
}
