/** The program as a process of its own: its streams, its exit code, a reader that goes early. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { encodeBatch, newBatch } from '../../src/protocol/record-batch.ts'

const root = join(import.meta.dirname, '../..')
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'odradek-main-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Runs the program from its sources, on the Node that runs this test. */
function run(
  args: readonly string[],
  whileRunning: (out: NodeJS.ReadableStream) => void = () => {},
) {
  const script = join(root, 'scripts', 'run-ts.mjs')
  const child = spawn(process.execPath, [script, join(root, 'src/cli/main.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  let [out, err] = ['', '']
  child.stdout.on('data', (chunk) => {
    out += String(chunk)
  })
  child.stderr.on('data', (chunk) => {
    err += String(chunk)
  })
  whileRunning(child.stdout)
  return new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, out, err }))
  })
}

test('success, failure and misuse have exit codes and streams of their own', async () => {
  const [version, failure, usage] = await Promise.all([
    run(['--version']),
    run(['topic', 'list', '--broker', '127.0.0.1:1']),
    run(['topic', 'lits']),
  ])
  expect(version).toEqual({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), err: '' })
  expect(failure).toEqual({
    code: 1,
    out: '',
    err: 'odradek: Cannot connect to 127.0.0.1:1: nothing listens there (connection refused).\n',
  })
  expect({ ...usage, err: usage.err.split('\n')[0] }).toEqual({
    code: 2,
    out: '',
    err: "odradek: unknown command 'lits'",
  })
})

test('a reader that goes early, as head does, ends the program in peace', async () => {
  const records = Array.from({ length: 20_000 }, (_, at) => ({
    timestamp: at,
    key: null,
    value: Buffer.from(`value ${at}`),
  }))
  const file = join(folder, '00000000000000000000.log')
  writeFileSync(file, encodeBatch(newBatch(records)))
  const { code, out, err } = await run(['log', 'dump', '--records', file], (stdout) => {
    stdout.once('data', () => (stdout as unknown as { destroy(): void }).destroy())
  })
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toContain('segment')
  expect(out).not.toContain('value 19999')
})
