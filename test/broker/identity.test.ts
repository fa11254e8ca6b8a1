import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { judgeDirectory } from '../../src/broker/identity.ts'

const clusterId = 'AAAAAAAAAAAAAAAAAAAAQQ'
const otherId = 'AAAAAAAAAAAAAAAAAAAAQg'

let dataDirectory = ''
beforeEach(() => {
  dataDirectory = mkdtempSync(join(tmpdir(), 'odradek-identity-'))
})
afterEach(() => rmSync(dataDirectory, { recursive: true }))

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
