import type { Command } from 'commander'

/** `odradek help start` and `odradek topic help create` say what `--help` does. */
export const helpCommand = ['help [command]', 'print the help of a command'] as const

/** What a command's function returns: the code that the process ends with. */
export type Run = () => Promise<number>

/** Takes the command that the arguments ask for; it runs once all of them are read. */
export type Choose = (run: Run) => void

/** A command that inherits output, exit and help settings from `parent`. */
export function subcommand(parent: Command, name: string): Command {
  return parent.command(name).helpOption('--help', 'print this help').helpCommand(false)
}
