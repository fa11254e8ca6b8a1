import type { Command } from 'commander'
import type { Terminal } from '../terminal.ts'
import type { TopicScope } from '../topic-scope.ts'
import { withClusterOptions } from './cluster-options.ts'
import { beforeOf, collectScope } from './option-values.ts'
import { type Choose, helpCommand, subcommand } from './subcommand.ts'

/** `odradek records …` */
export function addRecords(program: Command, terminal: Terminal, choose: Choose): void {
  const records = subcommand(program, 'records')
    .description('Delete records.')
    .helpCommand(...helpCommand)
  withClusterOptions(subcommand(records, 'delete'))
    .description('Delete the records of partitions up to an offset. They do not come back.')
    .argument('[topic[:0,1]...]', 'topics, or some of their partitions', collectScope)
    .option('--before <offset>', 'the first offset to keep; latest deletes all', beforeOf)
    .option('--offset-json-file <file>', 'partitions and offsets, as kafka-delete-records has it')
    .option('--json', 'print JSON')
    .action((scopes: readonly TopicScope[] = [], options, command: Command) => {
      const { before, offsetJsonFile } = options
      if (offsetJsonFile !== undefined && (scopes.length > 0 || before !== undefined)) {
        command.error('error: name topics with --before, or --offset-json-file, not both')
      }
      if (offsetJsonFile === undefined && scopes.length === 0) {
        command.error('error: name topics, or --offset-json-file')
      }
      if (offsetJsonFile === undefined && before === undefined) {
        command.error('error: say by --before up to where')
      }
      choose(async () =>
        (await import('../command/records-delete.ts')).recordsDelete(scopes, options, terminal),
      )
    })
}
