import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'

const root = resolve(import.meta.dirname, '..', '..')
const namespace = ['--fork', '--pid', '--mount-proc', '--kill-child']
const canUnshare = spawnSync('unshare', [...namespace, 'true']).status === 0

/** The command that the image starts with, as its file says it. */
function imageCommand(): string[] {
  const text = readFileSync(join(root, 'Dockerfile'), 'utf8')
  const json = (key: string) =>
    JSON.parse(new RegExp(`^${key} (\\[.*\\])$`, 'm').exec(text)?.[1] ?? '') as string[]
  return [...json('ENTRYPOINT'), ...json('CMD')]
}

/** As in a container: the first process of its namespace, for which signals have no default. */
function startAsProcessOne(data: string): ChildProcess {
  const [command, ...args] = imageCommand()
  expect(command).toBe('odradek')
  const here = args.map((arg) =>
    arg === '/data' ? data : arg === '0.0.0.0:9092' ? '127.0.0.1:0' : arg,
  )
  const broker = [process.execPath, join(root, 'bin', 'odradek.js'), ...here]
  return spawn('unshare', [...namespace, ...broker], { stdio: ['ignore', 'pipe', 'inherit'] })
}

it.skipIf(!canUnshare)(
  'SIGTERM stops the image’s command cleanly as process 1 (needs unshare and root)',
  async () => {
    const data = mkdtempSync(join(tmpdir(), 'odradek-container-'))
    const unshare = startAsProcessOne(data)
    onTestFinished(() => {
      unshare.kill('SIGKILL')
      rmSync(data, { recursive: true, force: true })
    })
    let printed = ''
    unshare.stdout?.setEncoding('utf8').on('data', (text: string) => {
      printed += text
    })
    while (!printed.includes('odradek listening on')) await once(unshare.stdout ?? unshare, 'data')

    const children = `/proc/${unshare.pid}/task/${unshare.pid}/children`
    const broker = Number(readFileSync(children, 'utf8').trim())
    expect(readFileSync(`/proc/${broker}/status`, 'utf8')).toMatch(/^NSpid:\s+\d+\s+1$/m)
    process.kill(broker, 'SIGTERM')
    const [code] = await once(unshare, 'exit')
    expect(code).toBe(0)
    const clean = readFileSync(join(data, '.kafka_cleanshutdown'), 'utf8')
    expect(clean).toContain('brokerEpoch')
  },
)
