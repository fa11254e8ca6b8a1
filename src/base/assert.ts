/** Thrown by {@link assert}: a bug of ours, never something that the world did. */
export class AssertionError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'AssertionError'
  }
}

/**
 * Ends the operation with an {@link AssertionError} when `condition` is false. On in every build.
 * It guards against our own bugs only: what a peer, a disk or a user can cause is returned as a
 * value. `message` is a plain string, so keep values out of it on hot paths.
 */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionError(message)
}

/** Marks a branch that the types rule out; the compiler complains when they no longer do. */
export function unreachable(value: never): never {
  throw new AssertionError(`unreachable: ${String(value)}`)
}
