// Removes everything that the build and the tests made.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './native-sources.mjs'

for (const folder of ['dist', 'build', 'build-native', 'coverage']) {
  rmSync(join(root, folder), { recursive: true, force: true })
}
