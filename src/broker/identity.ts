/** Whose a log directory is, judged before anything in it changes. */
import { readFile, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { parseProperties } from '../metadata/config/properties.ts'
import type { LogStore, MetaProperties } from '../storage/log-store.ts'
import type { BrokerSettings } from './settings.ts'
import { StartError } from './start-error.ts'

type Wanted = Pick<BrokerSettings, 'clusterId' | 'nodeId' | 'dataDirectory'>

/** Bytes that a new directory needs for its first files and the first piece of its metadata log. */
const newDirectoryBytes = 1024 * 1024

/** Bytes that a start needs in an old one: its checkpoints, and room to register in that log. */
const oldDirectoryBytes = 128 * 1024

/**
 * Refuses a directory of another cluster or node, and one on a full disk, before it is opened,
 * because opening alone changes it. Whatever else is wrong is left to whoever opens the
 * directory.
 */
export async function judgeDirectory(wanted: Wanted): Promise<void> {
  let text: string
  try {
    text = await readFile(join(wanted.dataDirectory, 'meta.properties'), 'latin1')
  } catch {
    await refuseFullDisk(wanted.dataDirectory, newDirectoryBytes, 'a new data directory')
    return
  }
  const properties = new Map(
    parseProperties(text).entries?.map(({ name, value }) => [name, value.trim()]),
  )
  const nodeId = properties.get('node.id') ?? properties.get('broker.id')
  refuseForeign(wanted, {
    clusterId: properties.get('cluster.id') ?? wanted.clusterId ?? '',
    nodeId: nodeId === undefined ? wanted.nodeId : Number(nodeId),
  })
  await refuseFullDisk(wanted.dataDirectory, oldDirectoryBytes, 'a start')
}

async function refuseFullDisk(dataDirectory: string, needed: number, what: string): Promise<void> {
  for (let path = dataDirectory; ; path = dirname(path)) {
    try {
      const { bavail, bsize, blocks } = await statfs(path)
      // A file system without blocks, such as /proc, is refused for what it is later.
      if (blocks === 0 || bavail * bsize >= needed) return
    } catch {
      // Not there yet: its disk is that of the folder that it will be made in.
      if (path !== dirname(path)) continue
      return
    }
    throw new StartError(
      `The disk of ${dataDirectory} is full: ${what} needs ${needed / 1024} KiB; ` +
        'free some room or name another directory.',
    )
  }
}

/** Refuses partitions whose cluster nobody can tell: a new identity would make strays of them. */
export function refuseOrphans(store: LogStore, dataDirectory: string): void {
  const [found] = store.partitionsOnDisk()
  if (store.metaProperties() !== undefined || found === undefined) return
  throw new StartError(
    `${dataDirectory} holds ${found.topic}-${found.partition} but no meta.properties, ` +
      'so its cluster is not known; restore that file.',
  )
}

function refuseForeign(wanted: Wanted, found: Pick<MetaProperties, 'clusterId' | 'nodeId'>): void {
  const { dataDirectory } = wanted
  if (wanted.clusterId !== undefined && wanted.clusterId !== found.clusterId) {
    throw new StartError(
      `${dataDirectory} belongs to cluster ${found.clusterId}, not ${wanted.clusterId}; ` +
        'name another data directory or the right cluster id.',
    )
  }
  if (wanted.nodeId !== found.nodeId) {
    throw new StartError(
      `${dataDirectory} belongs to node ${found.nodeId}, not ${wanted.nodeId}; ` +
        `name another data directory or set node.id=${found.nodeId}.`,
    )
  }
}
