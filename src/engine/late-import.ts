/**
 * Modules that are imported after the start, when somebody needs them. Node remembers for good that
 * a module could not be read, and all that import it fail from then on: a process that is out of
 * file descriptors for a moment would refuse such requests until it ends. So nothing is imported
 * while there are too few.
 */
import { closeSync, openSync } from 'node:fs'
import { devNull } from 'node:os'

/** Files that Node reads at once for the largest of the modules, with some to spare. */
const descriptorsNeeded = 32

/** Imports by `load`; rejects, and may be called again, while file descriptors are short. */
export async function importLate<T>(load: () => Promise<T>): Promise<T> {
  requireDescriptors()
  return await load()
}

function requireDescriptors(): void {
  const held: number[] = []
  try {
    while (held.length < descriptorsNeeded) held.push(openSync(devNull, 'r'))
  } catch (cause) {
    throw new Error(
      'modules cannot be loaded, as too few file descriptors are left; allow more of them ' +
        '(ulimit -n) or fewer connections (max.connections)',
      { cause },
    )
  } finally {
    for (const descriptor of held) closeSync(descriptor)
  }
}
