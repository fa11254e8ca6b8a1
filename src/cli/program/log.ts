import type { Command } from 'commander'
import type { Terminal } from '../terminal.ts'
import { type Choose, helpCommand, subcommand } from './subcommand.ts'

/** `odradek log …` */
export function addLog(program: Command, terminal: Terminal, choose: Choose): void {
  const log = subcommand(program, 'log')
    .description('Look into the files of a data directory, check and mend them.')
    .helpCommand(...helpCommand)
  subcommand(log, 'dump')
    .description('Print what segments, indexes, snapshots and checkpoints hold. Reads only.')
    .argument('<file...>', 'files, told apart by their names')
    .option('--records', 'print the records of each batch too')
    .option('--json', 'print one JSON object a line')
    .action((files, options) =>
      choose(async () =>
        (await import('../command/log-dump.ts')).logDump(files, options, terminal),
      ),
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
        (await import('../command/log-verify.ts')).logVerify(directory, options, terminal),
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
        (await import('../command/log-recover.ts')).logRecover(directory, options, terminal),
      ),
    )
  addRepair(log, terminal, choose)
}

function addRepair(log: Command, terminal: Terminal, choose: Choose): void {
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
        (await import('../command/log-repair.ts')).logRepair(directory, options, terminal),
      ),
    )
}
