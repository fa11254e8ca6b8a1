/** A thread of one's own, run from what was compiled: Node 20 runs no TypeScript on a thread. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { fileBeside, JobThread, serveJobs } from '../../src/client/job-thread.ts'

interface Job {
  readonly name: string
  readonly bytes?: Uint8Array
}
interface Result {
  readonly said: string
  readonly bytes?: Uint8Array
}

const compiled = new URL('../../dist/client/job-thread.js', import.meta.url)
const folder = mkdtempSync(join(tmpdir(), 'job-thread-'))
const file = join(folder, 'worker.mjs')
writeFileSync(
  file,
  `import { serveJobs } from ${JSON.stringify(compiled.href)}
  serveJobs(async ({ name, bytes }) => {
    if (name === 'throw') throw new Error('mine')
    if (name === 'die') process.exit(3)
    const own = bytes === undefined ? undefined : bytes.map((byte) => byte + 1)
    return { result: { said: name, bytes: own }, moved: own === undefined ? [] : [own.buffer] }
  })`,
)
let thread: JobThread<Job, Result>
afterEach(() => thread?.close())
afterAll(() => rmSync(folder, { recursive: true }))

function begin(path = file): JobThread<Job, Result> {
  thread = new JobThread<Job, Result>(pathToFileURL(path), 'test')
  return thread
}

// Without a build there is no file for the thread: `npm run compile:ts`.
describe.skipIf(!existsSync(compiled))('a thread', () => {
  it('does one job after the other', async () => {
    begin()
    const ended: string[] = []
    const names = ['a', 'b', 'c']
    await Promise.all(names.map(async (name) => ended.push((await thread.run({ name }, [])).said)))
    expect(ended).toEqual(names)
  })

  it('gets bytes without a copy, and gives others back', async () => {
    begin()
    const bytes = new Uint8Array([1, 2, 3])
    const { bytes: made } = await thread.run({ name: 'a', bytes }, [bytes.buffer])
    expect(made).toEqual(new Uint8Array([2, 3, 4]))
    expect(bytes.length).toBe(0)
  })

  it('runs without the flags of the program', () => {
    const program = `
      import { JobThread } from ${JSON.stringify(compiled.href)}
      const thread = new JobThread(new URL(${JSON.stringify(pathToFileURL(file).href)}), 'test')
      console.log((await thread.run({ name: 'a' }, [])).said)`
    const flags = ['--input-type=module', '-e', program]
    const { stdout, stderr } = spawnSync(process.execPath, flags, { encoding: 'utf8' })
    expect([stdout, stderr]).toEqual(['a\n', ''])
  })

  it('tells what a job threw, and goes on', async () => {
    begin()
    await expect(thread.run({ name: 'throw' }, [])).rejects.toThrow('mine')
    expect(await thread.run({ name: 'a' }, [])).toMatchObject({ said: 'a' })
  })

  it('that dies rejects what it had to do, and the next job starts another', async () => {
    begin()
    const lost = [thread.run({ name: 'die' }, []), thread.run({ name: 'a' }, [])]
    for (const one of lost) await expect(one).rejects.toThrow('thread ended with code 3')
    expect(await thread.run({ name: 'b' }, [])).toMatchObject({ said: 'b' })
  })

  it('is ended with what it has to do', async () => {
    begin()
    const lost = thread.run({ name: 'a' }, [])
    const rejected = expect(lost).rejects.toThrow('thread ended')
    await thread.close()
    await rejected
  })
})

describe('a thread that cannot be', () => {
  it('says why', async () => {
    begin(join(folder, 'not-there.mjs'))
    await expect(thread.run({ name: 'a' }, [])).rejects.toThrow('not-there')
  })

  it('does not serve jobs outside of one', () => {
    expect(() => serveJobs(async () => ({ result: {}, moved: [] }))).toThrow('on a thread')
  })

  it('runs a file of its own kind', () => {
    expect(fileBeside('file:///a/b.ts', 'w').href).toBe('file:///a/w.ts')
    expect(fileBeside('file:///a/b.js', 'w').href).toBe('file:///a/w.js')
  })
})
