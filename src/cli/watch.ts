import { clearScreenDown, cursorTo } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Terminal } from './terminal.ts'

/** Escape codes of every terminal: a table's line that is too long stays one line. */
const cutLongLines = '\u001b[?7l'
const wrapLongLines = '\u001b[?7h'

/**
 * Shows lines, again and again until `stop` is given: on a terminal in place of those before, as
 * many as it is high; elsewhere one after the other. Rejects with what `lines` rejects with.
 *
 * @param everyMs from the end of one look to the begin of the next.
 */
export async function watch(
  lines: () => Promise<readonly string[]>,
  everyMs: number,
  terminal: Terminal,
  stop: AbortSignal,
): Promise<void> {
  terminal.outStream?.write(cutLongLines)
  try {
    while (!stop.aborted) {
      const shown = await lines()
      // It may have ended meanwhile.
      if (stop.aborted) break
      show(shown, terminal)
      await sleep(everyMs, undefined, { signal: stop }).catch(() => {})
    }
  } finally {
    terminal.outStream?.write(wrapLongLines)
  }
}

function show(lines: readonly string[], terminal: Terminal): void {
  const { outStream: stream } = terminal
  if (stream !== undefined) {
    cursorTo(stream, 0, 0)
    clearScreenDown(stream)
  }
  // The last line of the screen stays free for the cursor; some do not tell how high they are.
  const rows = stream?.rows ?? 0
  const height = rows > 1 ? rows - 1 : Infinity
  for (const line of lines.slice(0, height)) terminal.out(line)
}
