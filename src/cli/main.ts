/**
 * The command line `odradek`. Each command's module loads only when it runs, so `start` does not
 * pay for the others.
 */
import { exitCode } from './exit-codes.ts'
import { runCommandLine } from './program.ts'
import { createTerminal } from './terminal.ts'

const terminal = createTerminal(process.stdout, process.stderr, process.env)

// `odradek log dump … | head` closes the pipe early, and that is nobody's failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (terminal.isWritten) return
  process.exit(error.code === 'EPIPE' ? exitCode.success : exitCode.failure)
})

process.exitCode = await runCommandLine(process.argv.slice(2), terminal)
// A command that was told to stop left a write behind that nobody reads: it would wait for ever.
if (terminal.isWritten && process.stdout.writableLength > 0) process.exit()
