import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { judgeDirectories } from '../../src/engine/identity.ts'

type Wanted = Parameters<typeof judgeDirectories>[0]

/** Bytes that are free on every disk; undefined: as many as there are. */
let freeBytes: number | undefined
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>()
  const statfs = async (path: string) => {
    const found = await real.statfs(path)
    return freeBytes === undefined ? found : { ...found, bavail: freeBytes / 512, bsize: 512 }
  }
  return { ...real, statfs }
})

const clusterId = 'AAAAAAAAAAAAAAAAAAAAQQ'
const otherId = 'AAAAAAAAAAAAAAAAAAAAQg'

let dataDirectory = ''
beforeEach(() => {
  dataDirectory = mkdtempSync(join(tmpdir(), 'odradek-identity-'))
})
afterEach(() => {
  freeBytes = undefined
  rmSync(dataDirectory, { recursive: true })
})

function meta(text: string): void {
  writeFileSync(join(dataDirectory, 'meta.properties'), text)
}

const at = (path: string, more: Partial<Wanted> = {}): Wanted => ({
  clusterId,
  nodeId: 1,
  directories: { data: [path], metadata: path },
  ...more,
})

test('a directory without identity, or that does not exist, is nobody else', async () => {
  await judgeDirectories(at(dataDirectory))
  await judgeDirectories(at(join(dataDirectory, 'a', 'b')))
})

test.each(['node.id', 'broker.id'])('cluster and %s are compared', async (name) => {
  meta(`#Tue\nversion=1\ncluster.id=${clusterId}\n${name}=3\n`)
  await judgeDirectories(at(dataDirectory, { nodeId: 3 }))
  await judgeDirectories(at(dataDirectory, { nodeId: 3, clusterId: undefined }))
  const cluster = judgeDirectories(at(dataDirectory, { nodeId: 3, clusterId: otherId }))
  await expect(cluster).rejects.toThrow(
    `${dataDirectory} belongs to cluster ${clusterId}, not ${otherId}; ` +
      'name another data directory or the right cluster id.',
  )
  const node = judgeDirectories(at(dataDirectory))
  await expect(node).rejects.toThrow('belongs to node 3, not 1; name another data directory or set')
})

test('a file that says nothing is left to whoever opens the directory', async () => {
  meta('garbage \u0000')
  await judgeDirectories(at(dataDirectory))
})

test('a full disk is refused before anything changes, also under an old directory', async () => {
  freeBytes = 1024 * 1024 - 512
  const missing = join(dataDirectory, 'a', 'b')
  await expect(judgeDirectories(at(missing))).rejects.toThrow(
    `The disk of ${missing} is full: a new data directory needs 1024 KiB; ` +
      'free some room or name another directory.',
  )
  meta(`version=1\ncluster.id=${clusterId}\nnode.id=1\n`)
  await judgeDirectories(at(dataDirectory))
  freeBytes = 128 * 1024 - 512
  const old = judgeDirectories(at(dataDirectory))
  await expect(old).rejects.toThrow(`${dataDirectory} is full: a start needs 128 KiB`)
})

describe('several directories', () => {
  const [one, two] = ['one', 'two']
  const both = (more: Partial<Wanted> = {}): Promise<void> => {
    const data = [one, two].map((name) => join(dataDirectory, name))
    return judgeDirectories(at(data[0]!, { directories: { data, metadata: data[0]! }, ...more }))
  }
  const write = (name: string, text: string): void => {
    mkdirSync(join(dataDirectory, name), { recursive: true })
    writeFileSync(join(dataDirectory, name, 'meta.properties'), `version=1\nnode.id=1\n${text}\n`)
  }

  test('may be new, or old and new, as long as the metadata log is not lost', async () => {
    await both()
    write(one, `cluster.id=${clusterId}\ndirectory.id=${otherId}`)
    await both()
    await both({ clusterId: undefined })
    rmSync(join(dataDirectory, one), { recursive: true })
    write(two, `cluster.id=${clusterId}\ndirectory.id=${otherId}`)
    await expect(both()).rejects.toThrow(
      `${join(dataDirectory, one)} shall hold the metadata log and is new, but ` +
        `${join(dataDirectory, two)} belongs to cluster ${clusterId}`,
    )
  })

  test('belong to one cluster, also where nobody names it', async () => {
    write(one, `cluster.id=${clusterId}`)
    write(two, `cluster.id=${otherId}`)
    const sentence = `belongs to cluster ${otherId}, not ${clusterId}`
    await expect(both({ clusterId: undefined })).rejects.toThrow(sentence)
  })

  test('are not copies of each other', async () => {
    for (const name of [one, two]) write(name, `cluster.id=${clusterId}\ndirectory.id=${otherId}`)
    await expect(both()).rejects.toThrow(`have the same directory.id ${otherId}`)
  })
})
