import type { ChildProcess } from 'node:child_process'

const living = new Set<ChildProcess>()
let end: Error | undefined

/** Notes a process that this one has started, until it ends. Throws behind {@link endChildren}. */
export function noteChild(child: ChildProcess): void {
  if (end !== undefined) {
    child.kill('SIGKILL')
    throw end
  }
  living.add(child)
  child.once('exit', () => living.delete(child))
}

/**
 * Kills all that this process has started: who waits for one is told that it ended, and cleans up
 * behind it. From then on nothing can be started, and nothing is tried again.
 */
export function endChildren(why: string): void {
  end = new Error(why)
  for (const child of living) child.kill('SIGKILL')
}

/** Throws behind {@link endChildren}. */
export function throwIfEnded(): void {
  if (end !== undefined) throw end
}
