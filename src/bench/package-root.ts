import { fileURLToPath } from 'node:url'

/** The package's folder, whether this runs from `src/bench` or from `dist/bench`. */
export const packageRoot: string = fileURLToPath(new URL('../..', import.meta.url))
