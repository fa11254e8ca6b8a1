import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/**
 * For `pools.test.ts` alone. `dist/` is loaded by Node, as vitest loads whatever lies in a
 * `node_modules`: otherwise the late imports of the broker go through Vite's transforms, one by
 * one, and the first JoinGroup waits for them.
 */
export default defineConfig({
  test: {
    root: dirname(fileURLToPath(import.meta.url)),
    include: ['*.pooled.ts'],
    testTimeout: 60_000,
    server: { deps: { external: [/\/dist\//] } },
  },
})
