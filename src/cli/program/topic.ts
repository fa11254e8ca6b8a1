import { type Command, Option } from 'commander'
import type { HostPort } from '../../base/endpoint.ts'
import type { Terminal } from '../terminal.ts'
import { collectPair, endpointOf, positiveInteger } from './option-values.ts'
import { type Choose, helpCommand, subcommand } from './subcommand.ts'

/** Where `topic` commands find a broker when they are not told. */
const defaultBroker: HostPort = { host: 'localhost', port: 9092 }

/** `odradek topic …` */
export function addTopic(program: Command, terminal: Terminal, choose: Choose): void {
  const topic = subcommand(program, 'topic')
    .description('Create, list, describe and delete topics.')
    .helpCommand(...helpCommand)
  const verb = (name: string): Command =>
    subcommand(topic, name)
      .addOption(
        new Option('--broker <host:port>', 'a broker of the cluster')
          .argParser(endpointOf)
          .default(defaultBroker, 'localhost:9092'),
      )
      .option('--json', 'print JSON')
  verb('create')
    .description('Create a topic.')
    .argument('<name>', 'its name')
    .option('--partitions <n>', "number of partitions (default: the broker's)", positiveInteger)
    .option('--config <name=value>', 'a topic config, may be repeated', collectPair)
    .action((name, options) =>
      choose(async () =>
        (await import('../command/topic-create.ts')).topicCreate(name, options, terminal),
      ),
    )
  verb('list')
    .description('List the topics.')
    .action((options) =>
      choose(async () => (await import('../command/topic-list.ts')).topicList(options, terminal)),
    )
  verb('describe')
    .description('Show partitions and configs of one topic, or of all.')
    .argument('[name]', 'its name')
    .action((name, options) =>
      choose(async () =>
        (await import('../command/topic-describe.ts')).topicDescribe(name, options, terminal),
      ),
    )
  verb('delete')
    .description('Delete a topic and its data.')
    .argument('<name>', 'its name')
    .action((name, options) =>
      choose(async () =>
        (await import('../command/topic-delete.ts')).topicDelete(name, options, terminal),
      ),
    )
}
