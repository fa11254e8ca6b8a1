/** Whose a log directory is, judged before anything in it changes. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseProperties } from '../metadata/config/properties.ts'
import type { LogStore, MetaProperties } from '../storage/log-store.ts'
import type { BrokerSettings } from './settings.ts'
import { StartError } from './start-error.ts'

type Wanted = Pick<BrokerSettings, 'clusterId' | 'nodeId' | 'dataDirectory'>

/**
 * Refuses a directory of another cluster or node before it is opened, because opening alone changes
 * it. Whatever else is wrong with the directory is left to whoever opens it.
 */
export async function refuseForeignDirectory(wanted: Wanted): Promise<void> {
  let text: string
  try {
    text = await readFile(join(wanted.dataDirectory, 'meta.properties'), 'latin1')
  } catch {
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
