import { Argument, type Command } from 'commander'
import { type Entity, type EntityKind, entityKinds, hasQuotas } from '../config/entity.ts'
import type { Terminal } from '../terminal.ts'
import { withClusterOptions } from './cluster-options.ts'
import { collectPair, collectText } from './option-values.ts'
import { type Choose, helpCommand, subcommand } from './subcommand.ts'

/** What tells an entity, of each verb. */
interface EntityOptions {
  readonly default?: boolean
  readonly clientId?: string
}

/** `odradek config …` */
export function addConfig(program: Command, terminal: Terminal, choose: Choose): void {
  const config = subcommand(program, 'config')
    .description('Show and change configs and quotas.')
    .helpCommand(...helpCommand)
  const verb = (name: string): Command =>
    withClusterOptions(subcommand(config, name))
      .addArgument(new Argument('<type>', 'of what').choices(entityKinds))
      .argument('[name]', "a topic's name, a broker's id and so on")
      .option('--default', 'what holds for those without their own, in place of a name')
      .option('--client-id <id>', 'of a user: what holds for it with this client id')
      .option('--json', 'print JSON')
  verb('describe')
    .description('Show what is set on one or, without a name, on all of the type.')
    .option('--all', 'show what has its default value too')
    .action((kind: EntityKind, name: string | undefined, options, command: Command) => {
      const entity = entityOf(kind, name, options, command)
      choose(async () =>
        (await import('../command/config-describe.ts')).configDescribe(entity, options, terminal),
      )
    })
  verb('alter')
    .description('Change configs one by one; those that are not named stay.')
    .option('--set <name=value>', 'a value, may be repeated', collectPair)
    .option('--delete <name>', 'bring the default back, may be repeated', collectText)
    .option('--append <name=value>', 'add to a list, may be repeated', collectPair)
    .option('--subtract <name=value>', 'take out of a list, may be repeated', collectPair)
    .option('--dry-run', 'ask the broker whether it would, change nothing')
    .action((kind: EntityKind, name: string | undefined, options, command: Command) => {
      const entity = entityOf(kind, name, options, command)
      if (entity.name === undefined) command.error('error: name one, or say --default')
      const { set, delete: deleted, append, subtract } = options
      if (!(set || deleted || append || subtract)) {
        command.error('error: say what to change, by --set, --delete, --append or --subtract')
      }
      if (hasQuotas(kind) && (append || subtract)) {
        command.error('error: quotas are numbers: --append and --subtract are for lists')
      }
      choose(async () =>
        (await import('../command/config-alter.ts')).configAlter(entity, options, terminal),
      )
    })
}

/** Kinds of which there is a default for those without their own. */
const withDefault: readonly EntityKind[] = ['broker', 'user', 'client-id', 'ip']

function entityOf(
  kind: EntityKind,
  name: string | undefined,
  options: EntityOptions,
  command: Command,
): Entity {
  const { default: isDefault = false, clientId } = options
  if (isDefault && name !== undefined) command.error('error: a name or --default, not both')
  if (isDefault && !withDefault.includes(kind)) {
    command.error(`error: --default is for ${withDefault.join(', ')}`)
  }
  if (clientId !== undefined && kind !== 'user') command.error('error: --client-id is for users')
  return { kind, name: isDefault ? null : name, clientId }
}
