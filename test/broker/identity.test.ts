import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { judgeDirectory } from '../../src/broker/identity.ts'

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

test('a directory without identity, or that does not exist, is nobody else', async () => {
  await judgeDirectory({ dataDirectory, clusterId, nodeId: 1 })
  const missing = join(dataDirectory, 'a', 'b')
  await judgeDirectory({ dataDirectory: missing, clusterId, nodeId: 1 })
})

test.each(['node.id', 'broker.id'])('cluster and %s are compared', async (name) => {
  meta(`#Tue\nversion=1\ncluster.id=${clusterId}\n${name}=3\n`)
  await judgeDirectory({ dataDirectory, clusterId, nodeId: 3 })
  await judgeDirectory({ dataDirectory, clusterId: undefined, nodeId: 3 })
  const cluster = judgeDirectory({ dataDirectory, clusterId: otherId, nodeId: 3 })
  await expect(cluster).rejects.toThrow(
    `${dataDirectory} belongs to cluster ${clusterId}, not ${otherId}; ` +
      'name another data directory or the right cluster id.',
  )
  const node = judgeDirectory({ dataDirectory, clusterId, nodeId: 1 })
  await expect(node).rejects.toThrow('belongs to node 3, not 1; name another data directory or set')
})

test('a file that says nothing is left to whoever opens the directory', async () => {
  meta('garbage \u0000')
  await judgeDirectory({ dataDirectory, clusterId, nodeId: 1 })
})

test('a full disk is refused before anything changes, also under an old directory', async () => {
  freeBytes = 1024 * 1024 - 512
  const missing = join(dataDirectory, 'a', 'b')
  await expect(judgeDirectory({ dataDirectory: missing, clusterId, nodeId: 1 })).rejects.toThrow(
    `The disk of ${missing} is full: a new data directory needs 1024 KiB; ` +
      'free some room or name another directory.',
  )
  meta(`version=1\ncluster.id=${clusterId}\nnode.id=1\n`)
  await judgeDirectory({ dataDirectory, clusterId, nodeId: 1 })
  freeBytes = 128 * 1024 - 512
  const old = judgeDirectory({ dataDirectory, clusterId, nodeId: 1 })
  await expect(old).rejects.toThrow(`${dataDirectory} is full: a start needs 128 KiB`)
})
