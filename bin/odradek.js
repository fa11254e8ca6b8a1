#!/usr/bin/env node
// The command line as npm installs it; it runs what `npm run compile` bundled. The same code, a
// file for each module: `node dist/cli/main.js`.
import { existsSync } from 'node:fs'

const main = new URL('../dist/bin/odradek.js', import.meta.url)
if (existsSync(main)) {
  await import(main.href)
} else {
  console.error('odradek: dist/ is missing, so nothing can run; build it: "npm run compile".')
  process.exitCode = 1
}
