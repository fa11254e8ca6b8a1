// Runs a TypeScript file of this checkout on every Node we support: natively where Node strips
// types, else through vite. Use: node scripts/run-ts.mjs FILE.ts [argument…]
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './native-sources.mjs'

const name = process.argv[2]
if (name === undefined || !existsSync(name)) {
  console.error(
    name === undefined
      ? 'use: node scripts/run-ts.mjs FILE.ts [argument…]'
      : `There is no ${name}.`,
  )
  process.exit(2)
}
const file = resolve(name)
process.argv.splice(1, 2, file)
if (process.features.typescript) {
  await import(pathToFileURL(file).href)
} else {
  const { runnerImport } = await import('vite')
  await runnerImport(file, { root, configFile: false, logLevel: 'error' })
}
