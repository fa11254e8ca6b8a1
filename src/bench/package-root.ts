import { join } from 'node:path'

/** The package's folder, whether this runs from `src/bench` or from `dist/bench`. */
export const packageRoot: string = join(import.meta.dirname, '..', '..')
