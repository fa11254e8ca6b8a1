import type { Command } from 'commander'
import type { Terminal } from '../terminal.ts'
import { withClusterOptions } from './cluster-options.ts'
import { collectPair, collectText, positiveInteger } from './option-values.ts'
import { type Choose, helpCommand, subcommand } from './subcommand.ts'

/** `odradek topic …` */
export function addTopic(program: Command, terminal: Terminal, choose: Choose): void {
  const topic = subcommand(program, 'topic')
    .description('Create, list, describe, alter and delete topics.')
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
  verb('alter')
    .description('Give a topic more partitions or other configs.')
    .argument('<name>', 'its name')
    .option('--partitions <n>', 'how many there are to be, more than there are', positiveInteger)
    .option('--config <name=value>', 'a topic config, may be repeated', collectPair)
    .option('--delete-config <name>', 'bring its default back, may be repeated', collectText)
    .action((name, options, command: Command) => {
      const { partitions, config, deleteConfig } = options
      if (partitions === undefined && !(config || deleteConfig)) {
        command.error('error: say what to change, by --partitions, --config or --delete-config')
      }
      choose(async () =>
        (await import('../command/topic-alter.ts')).topicAlter(name, options, terminal),
      )
    })
  verb('delete')
    .description('Delete a topic and its data.')
    .argument('<name>', 'its name')
    .action((name, options) =>
      choose(async () =>
        (await import('../command/topic-delete.ts')).topicDelete(name, options, terminal),
      ),
    )
}
