import type { SingleBar } from 'cli-progress'
import type { Terminal } from './terminal.ts'

/** Shows how far something is. */
export interface Progress {
  update(done: number, total: number): void
  /** Takes the bar away. */
  end(): void
}

/**
 * A bar on stderr, in MB, where that is a terminal; nothing elsewhere. The library loads only where
 * it draws.
 */
export async function progressBar(what: string, terminal: Terminal): Promise<Progress> {
  const stream = terminal.errStream
  if (stream === undefined) return { update: () => {}, end: () => {} }
  const { default: library } = await import('cli-progress')
  const bar: SingleBar = new library.SingleBar({
    format: `${what} {bar} {percentage}% {value} of {total} MB, {eta_formatted} left`,
    stream,
    clearOnComplete: true,
    hideCursor: true,
  })
  let started = false
  return {
    update(done, total) {
      const value = Math.floor(done / 1e6)
      const end = Math.ceil(total / 1e6)
      if (started) bar.update(value)
      else bar.start(end, value)
      started = true
    },
    end: () => bar.stop(),
  }
}
