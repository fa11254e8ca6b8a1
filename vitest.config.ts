import { defineConfig } from 'vitest/config'

// `unit` runs each file in a process of its own, so a test may load the native module and crash
// alone. `system` runs brokers and real clients as processes, one file at a time.
const systemFiles = [
  'test/conformance/**/*.test.ts',
  'test/power/**/*.test.ts',
  'test/fuzz/**/*.test.ts',
  'test/packaging/**/*.test.ts',
]

export default defineConfig({
  test: {
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: systemFiles,
          testTimeout: 10_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'system',
          include: systemFiles,
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
