/** Ask the process to stop. */
const signals = ['SIGINT', 'SIGTERM'] as const

/**
 * Runs `work` with a signal that SIGINT and SIGTERM give, instead of ending the process: what runs
 * until it is told to stop then ends well.
 */
export async function untilStopped<T>(
  work: (stop: AbortSignal) => Promise<T>,
  stop: AbortController = new AbortController(),
): Promise<T> {
  const end = (): void => stop.abort()
  for (const signal of signals) process.on(signal, end)
  try {
    return await work(stop.signal)
  } finally {
    for (const signal of signals) process.off(signal, end)
  }
}
