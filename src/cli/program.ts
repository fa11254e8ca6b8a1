import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { exitCode } from './exit-codes.ts'
import { addBench } from './program/bench.ts'
import { addConfig } from './program/config.ts'
import { addGroup } from './program/group.ts'
import { addLog } from './program/log.ts'
import { addPerf } from './program/perf.ts'
import { addConsume, addProduce } from './program/record-commands.ts'
import { addRecords } from './program/records.ts'
import { addStart } from './program/start.ts'
import { type Choose, helpCommand, type Run } from './program/subcommand.ts'
import { addTopic } from './program/topic.ts'
import { failureLine, type Terminal } from './terminal.ts'

/**
 * Runs one command line (without `node` and the script's name) and resolves with the exit code.
 * Never rejects: what a command throws becomes a sentence on stderr and exit code 1.
 */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<number> {
  let run: Run | undefined
  const program = programOf(args[0], terminal, (chosen) => {
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

/** What adds each command, in the order in which help lists them. */
const commands: ReadonlyMap<
  string | undefined,
  (program: Command, terminal: Terminal, choose: Choose) => void
> = new Map([
  ['start', addStart],
  ['produce', addProduce],
  ['consume', addConsume],
  ['topic', addTopic],
  ['config', addConfig],
  ['records', addRecords],
  ['group', addGroup],
  ['perf', addPerf],
  ['bench', addBench],
  ['log', addLog],
])

function programOf(first: string | undefined, terminal: Terminal, choose: Choose): Command {
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
  // One that is named is all that is asked for; help and mistakes need to know the others.
  const named = commands.get(first)
  const adding = named === undefined ? commands.values() : [named]
  for (const add of adding) add(program, terminal, choose)
  return program
}

function packageVersion(): string {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}
