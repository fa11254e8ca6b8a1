/** What the definitions of commands share: how they are made, and how their arguments are read. */
import { type Command, InvalidArgumentError } from 'commander'

/** What a command's function returns: the code that the process ends with. */
export type Run = () => Promise<number>

/** Takes the command that the command line has chosen. */
export type Choose = (run: Run) => void

/** A command that inherits output, exit and help settings from `parent`. */
export function subcommand(parent: Command, name: string): Command {
  return parent.command(name).helpOption('--help', 'print this help').helpCommand(false)
}

/** Reads `NAME=VALUE`, several times. */
export function collectPair(
  text: string,
  previous: Readonly<Record<string, string>> | undefined,
): Record<string, string> {
  const cut = text.indexOf('=')
  if (cut < 1) throw new InvalidArgumentError('It must have the form NAME=VALUE.')
  return { ...previous, [text.slice(0, cut).trim()]: text.slice(cut + 1) }
}

/** Reads a whole number from 1 on. */
export function positiveInteger(text: string): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0
  if (value < 1) throw new InvalidArgumentError('It must be a whole number of at least 1.')
  return value
}

/** Reads a whole number from 0 on. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) {
    throw new InvalidArgumentError('It must be a whole number of at least 0.')
  }
  return Number(text)
}
