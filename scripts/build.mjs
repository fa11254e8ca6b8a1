// Builds what is not up to date: the native addon and the TypeScript of src/. Called by npm's
// `prepare` and by `npm run compile`; --native or --ts builds one of the two, --native also where
// a prebuilt binary exists.
import { BuildFailure } from './build-failure.mjs'
import { withBuildLock } from './build-lock.mjs'
import { buildNative } from './build-native.mjs'
import { buildTypeScript } from './build-typescript.mjs'

const only = process.argv[2]
const steps = {
  '--native': ['native core', () => buildNative({ force: only === '--native' })],
  '--ts': ['TypeScript', buildTypeScript],
}

if (only !== undefined && !(only in steps)) {
  console.error(`There is no option ${only}; there are ${Object.keys(steps).join(', ')}.`)
  process.exit(2)
}

await withBuildLock(() => {
  for (const [name, build] of only ? [steps[only]] : Object.values(steps)) {
    const start = performance.now()
    try {
      const done = build()
      console.log(`${name}: ${done} (${((performance.now() - start) / 1000).toFixed(1)} s)`)
    } catch (error) {
      if (!(error instanceof BuildFailure)) throw error
      console.error(`odradek: ${error.message}`)
      process.exitCode = 1
    }
  }
})
