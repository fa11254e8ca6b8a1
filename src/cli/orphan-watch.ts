import { readFileSync } from 'node:fs'

/** How often the parents are looked at, in ms. */
const intervalMs = 1_000

/** What an {@link onOrphaned} watch looks at. */
export interface ProcessView {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly ppid: number
}

/**
 * Whether npm runs this process for `npx` or `npm exec`. Then npm, or a shell that it started, is
 * our parent; it takes a SIGTERM without passing it on, and we would run on with nobody to stop us.
 */
export function startedByNpx({ env }: ProcessView): boolean {
  return env['npm_lifecycle_event'] === 'npx' || env['npm_command'] === 'exec'
}

/**
 * Calls `orphaned` once when the parent or, behind a shell, the parent's parent is gone. Does not
 * keep the process alive. Returns what ends the watch.
 */
export function onOrphaned(view: ProcessView, orphaned: () => void): () => void {
  const first = ancestry(view)
  const timer = setInterval(() => {
    if (ancestry(view) === first) return
    clearInterval(timer)
    orphaned()
  }, intervalMs)
  timer.unref()
  return () => clearInterval(timer)
}

/** Parent and grandparent; where the system does not tell the latter, the parent alone. */
function ancestry({ ppid }: ProcessView): string {
  try {
    const status = readFileSync(`/proc/${ppid}/status`, 'latin1')
    return `${ppid} ${/^PPid:\s*(\d+)/m.exec(status)?.[1] ?? ''}`
  } catch {
    return String(ppid)
  }
}
