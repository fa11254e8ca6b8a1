/** `odradek start` on the native core, in this process: real files, real sockets. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { runCommandLine } from '../../../src/cli/program.ts'
import { type CapturedTerminal, capturedTerminal } from '../captured-terminal.ts'

const cluster = 'AAAAAAAAAAAAAAAAAAAAQQ'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'odradek-start-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Starts and returns when the line is there: its address, and what stops it. */
async function started(...args: string[]) {
  const terminal = capturedTerminal()
  const done = runCommandLine(['start', '--data', join(folder, 'data'), ...args], terminal)
  let ended = false
  void done.then(() => {
    ended = true
  })
  await vi.waitUntil(() => ended || terminal.stdout.length > 0, { timeout: 8000 })
  expect(terminal.stderr.filter((text) => text.startsWith('odradek:'))).toEqual([])
  const line = terminal.stdout[0] ?? ''
  const stop = async (signal: 'SIGTERM' | 'SIGINT' = 'SIGTERM'): Promise<number> => {
    process.emit(signal)
    return done
  }
  return { terminal, line, stop, port: Number(/:(\d+),/.exec(line)?.[1]) }
}

async function refused(...args: string[]): Promise<{ code: number; terminal: CapturedTerminal }> {
  const terminal = capturedTerminal()
  const code = await runCommandLine(['start', '--data', join(folder, 'data'), ...args], terminal)
  expect(terminal.stdout).toEqual([])
  return { code, terminal }
}

/** Names and contents below a folder, to see that nothing changed. */
function contents(path: string): Record<string, string> {
  if (!existsSync(path)) return {}
  const names = readdirSync(path, { recursive: true, withFileTypes: true })
  return Object.fromEntries(
    names
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => [file, readFileSync(file, 'base64')]),
  )
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  'says where it listens, and %s stops it',
  async (signal) => {
    const { line, port, stop } = await started('--listen', '127.0.0.1:0')
    expect(line).toBe(`odradek listening on 127.0.0.1:${port}, data in ${join(folder, 'data')}`)
    expect(port).toBeGreaterThan(0)
    expect(await stop(signal)).toBe(0)
    expect(existsSync(join(folder, 'data', '.kafka_cleanshutdown'))).toBe(true)
  },
)

test('a signal told twice is one wish, a later one ends the process at once', async () => {
  const exit = vi.spyOn(process, 'exit').mockReturnValue(undefined as never)
  const clock = vi.spyOn(performance, 'now')
  const { stop } = await started('--listen', '127.0.0.1:0')
  clock.mockReturnValue(1_000_000)
  const stopped = stop('SIGTERM')
  process.emit('SIGTERM')
  clock.mockReturnValue(1_000_400)
  process.emit('SIGINT')
  expect(exit).not.toHaveBeenCalled()
  clock.mockReturnValue(1_000_600)
  process.emit('SIGINT')
  expect(exit.mock.calls).toEqual([[130]])
  clock.mockRestore()
  exit.mockRestore()
  expect(await stopped).toBe(0)
  expect(existsSync(join(folder, 'data', '.kafka_cleanshutdown'))).toBe(true)
})

test('topics survive a restart', async () => {
  const first = await started('--listen', '127.0.0.1:0')
  const terminal = capturedTerminal()
  const create = ['topic', 'create', 'orders', '--partitions', '3']
  expect(await runCommandLine([...create, '--broker', `127.0.0.1:${first.port}`], terminal)).toBe(0)
  await first.stop()
  const second = await started('--listen', '127.0.0.1:0')
  const list = ['topic', 'list', '--json', '--broker', `127.0.0.1:${second.port}`]
  expect(await runCommandLine(list, terminal)).toBe(0)
  const listed = JSON.parse(terminal.stdout.at(-1) ?? '') as unknown
  expect(listed).toMatchObject([{ name: 'orders', partitions: 3 }])
  await second.stop()
})

test('several listeners are listed, each with its real port', async () => {
  const listeners = ['--listen', '127.0.0.1:0', '--listen', 'localhost:0']
  const { line, stop } = await started(...listeners)
  expect(line).toMatch(/^odradek listening on 127\.0\.0\.1:\d+,localhost:\d+, data in /)
  await stop()
})

describe('--http', () => {
  test('is well while the broker runs, and gone with it', async () => {
    const { terminal, stop } = await started('--listen', '127.0.0.1:0', '--http', '127.0.0.1:0')
    const url = /http:\/\/[\d.:]+\/health/.exec(terminal.stderr.join('\n'))?.[0] ?? ''
    const response = await fetch(url)
    expect([response.status, await response.json()]).toEqual([200, { status: 'ok' }])
    expect(await stop()).toBe(0)
    await expect(fetch(url)).rejects.toThrow('fetch failed')
  })

  test('an address in use refuses the start, before anything is on disk', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const { code, terminal } = await refused('--http', `127.0.0.1:${port}`)
    expect(code).toBe(1)
    expect(terminal.stderr).toHaveLength(1)
    expect(terminal.stderr[0]).toContain(`Cannot listen for HTTP on 127.0.0.1:${port}`)
    expect(existsSync(join(folder, 'data'))).toBe(false)
    await new Promise((resolve) => server.close(resolve))
  })

  test('a start that is refused leaves no port open', async () => {
    const { terminal } = await refused('--http', '127.0.0.1:0', '--set', 'nope=1')
    const url = /http:\/\/[\d.:]+\/health/.exec(terminal.stderr.join('\n'))?.[0] ?? ''
    await expect(fetch(url)).rejects.toThrow('fetch failed')
  })
})

test('--log-format json writes every line to stderr as one JSON object', async () => {
  const { terminal, stop } = await started('--listen', '127.0.0.1:0', '--log-format', 'json')
  expect(await stop()).toBe(0)
  const lines = terminal.stderr.map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(lines.at(-1)).toMatchObject({ level: 'info', message: 'Stopping: SIGTERM.' })
  for (const { time } of lines) expect(time).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/)
})

describe('a start that is refused changes nothing on disk', () => {
  test('a port in use', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const { code, terminal } = await refused('--listen', `127.0.0.1:${port}`)
    expect(code).toBe(1)
    expect(terminal.stderr).toHaveLength(1)
    expect(terminal.stderr[0]).toContain(`127.0.0.1:${port}`)
    expect(contents(folder)).toEqual({})
    expect(existsSync(join(folder, 'data'))).toBe(false)
    await new Promise((resolve) => server.close(resolve))
  })

  test('a directory of another cluster, of another node, of a newer format', async () => {
    await (await started('--listen', '127.0.0.1:0')).stop()
    const before = contents(folder)
    const other = await refused('--listen', '127.0.0.1:0', '--cluster-id', cluster)
    expect(other.code).toBe(1)
    expect(other.terminal.stderr.join()).toContain(`not ${cluster}`)
    const node = await refused('--listen', '127.0.0.1:0', '--set', 'node.id=2')
    expect(node.terminal.stderr.join()).toContain('belongs to node 1, not 2')
    expect(contents(folder)).toEqual(before)

    const meta = join(folder, 'data', 'meta.properties')
    const text = readFileSync(meta, 'utf8').replace('version=1', 'version=7')
    writeFileSync(meta, text)
    const newer = await refused('--listen', '127.0.0.1:0')
    expect(newer.code).toBe(1)
    expect(newer.terminal.stderr).toHaveLength(1)
    expect(newer.terminal.stderr[0]).toContain(join(folder, 'data'))
    writeFileSync(meta, readFileSync(meta, 'utf8').replace('version=7', 'version=1'))
    expect(contents(folder)).toEqual(before)
  })

  test('a directory that another broker holds', async () => {
    const first = await started('--listen', '127.0.0.1:0')
    const { code, terminal } = await refused('--listen', '127.0.0.1:0')
    expect(code).toBe(1)
    expect(terminal.stderr.join()).toContain(join(folder, 'data'))
    await first.stop()
  })

  test('a data directory that is a file', async () => {
    writeFileSync(join(folder, 'data'), 'x')
    const { code, terminal } = await refused('--listen', '127.0.0.1:0')
    expect(code).toBe(1)
    expect(terminal.stderr).toHaveLength(1)
    expect(terminal.stderr[0]).toContain(join(folder, 'data'))
    expect(readFileSync(join(folder, 'data'), 'utf8')).toBe('x')
  })

  test('an unknown config', async () => {
    const { code } = await refused('--listen', '127.0.0.1:0', '--set', 'nope=1')
    expect(code).toBe(1)
    mkdirSync(join(folder, 'sentinel'))
    expect(readdirSync(folder)).toEqual(['sentinel'])
  })
})
