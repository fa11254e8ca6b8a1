/** What a start waits for: the bundle's files and Node's modules, and nothing that others need. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '..', '..')

/** Addresses of the modules that a start loads until it says that it answers. */
async function modulesOfStart(): Promise<string[]> {
  const data = mkdtempSync(join(tmpdir(), 'odradek-modules-'))
  const recorder = pathToFileURL(join(import.meta.dirname, 'record-modules.mjs')).href
  const line = ['start', '--listen', '127.0.0.1:0', '--data', data]
  const program = join(root, 'bin', 'odradek.js')
  const child = spawn(process.execPath, ['--import', recorder, program, ...line], {
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
  })
  try {
    const [, stdout, , modules] = child.stdio
    if (!stdout || !modules || !('read' in modules)) throw new Error('the pipes are there')
    const loaded = text(modules)
    await once(stdout, 'data')
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([0, null])
    return (await loaded).trim().split('\n')
  } finally {
    rmSync(data, { recursive: true, force: true })
  }
}

test('a start reads a handful of files, and of Node what it works with', async () => {
  const loaded = await modulesOfStart()
  const home = pathToFileURL(join(root, '/')).href
  const ours = loaded.filter((url) => url.startsWith('file:')).map((url) => url.slice(home.length))
  expect(ours.sort()).toEqual([
    'bin/odradek.js',
    ...['broker', 'main', 'odradek', 'shared', 'start'].map((name) => `dist/bin/${name}.js`),
  ])
  const builtins = new Set(loaded.filter((url) => url.startsWith('node:')))
  expect([...builtins].map((url) => url.slice('node:'.length)).sort()).toEqual([
    ...['crypto', 'fs', 'fs/promises', 'module', 'net', 'os', 'path', 'timers/promises', 'url'],
    ...['util', 'worker_threads'],
  ])
})
