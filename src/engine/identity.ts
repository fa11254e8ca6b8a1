/** Whose the log directories are, judged before anything in them changes. */
import { readFile, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { parseProperties } from '../base/properties.ts'
import { metadataTopic } from '../metadata/topic-name.ts'
import type { LogStore, MetaProperties, PartitionOnDisk } from '../storage/log-store.ts'
import type { FoundPartition } from './data-directories.ts'
import type { EngineSettings } from './options.ts'
import { StartError } from './start-error.ts'

interface Wanted extends Pick<EngineSettings, 'clusterId' | 'nodeId'> {
  readonly dataDirectory: string
}

/** What a directory's `meta.properties` says; undefined where it does not. */
export interface FoundIdentity {
  readonly path: string
  readonly clusterId: string | undefined
  readonly directoryId: string | undefined
}

/** Bytes that a new directory needs for its first files and the first piece of its metadata log. */
const newDirectoryBytes = 1024 * 1024

/** Bytes that a start needs in an old one: its checkpoints, and room to register in that log. */
const oldDirectoryBytes = 128 * 1024

/**
 * Refuses directories that do not belong together or to this node, and a metadata log on a full
 * disk, before any is opened, because opening alone changes it. Whatever else is wrong is left to
 * whoever opens the directory.
 */
export async function judgeDirectories(
  settings: Pick<EngineSettings, 'clusterId' | 'nodeId' | 'directories'>,
): Promise<void> {
  const { directories, nodeId } = settings
  const { clusterId = await clusterOf(directories.metadata) } = settings
  const first = await judgeDirectory({ dataDirectory: directories.metadata, clusterId, nodeId })
  const needed = first.clusterId === undefined ? newDirectoryBytes : oldDirectoryBytes
  const what = first.clusterId === undefined ? 'a new data directory' : 'a start'
  await refuseFullDisk(first.path, needed, what)
  const all = [first]
  for (const dataDirectory of directories.data) {
    if (dataDirectory === first.path) continue
    const found = await judgeDirectory({ dataDirectory, clusterId, nodeId })
    refuseLostMetadata(first, found)
    refuseCopy(all, found)
    all.push(found)
  }
}

async function judgeDirectory(wanted: Wanted): Promise<FoundIdentity> {
  const { dataDirectory: path } = wanted
  const properties = await propertiesOf(path)
  const clusterId = properties?.get('cluster.id')
  if (properties !== undefined) {
    const nodeId = properties.get('node.id') ?? properties.get('broker.id')
    refuseForeign(wanted, {
      clusterId: clusterId ?? wanted.clusterId ?? '',
      nodeId: nodeId === undefined ? wanted.nodeId : Number(nodeId),
    })
  }
  return { path, clusterId, directoryId: properties?.get('directory.id') }
}

async function clusterOf(path: string): Promise<string | undefined> {
  return (await propertiesOf(path))?.get('cluster.id')
}

async function propertiesOf(path: string): Promise<Map<string, string> | undefined> {
  try {
    const text = await readFile(join(path, 'meta.properties'), 'latin1')
    return new Map(parseProperties(text).entries?.map(({ name, value }) => [name, value.trim()]))
  } catch {
    return undefined
  }
}

/** A new metadata log would know nothing of the partitions in the other directory. */
function refuseLostMetadata(metadata: FoundIdentity, other: FoundIdentity): void {
  if (metadata.clusterId !== undefined || other.clusterId === undefined) return
  throw new StartError(
    `${metadata.path} shall hold the metadata log and is new, but ${other.path} belongs to ` +
      `cluster ${other.clusterId}; name the directory that has __cluster_metadata-0 first, ` +
      'or in metadata.log.dir.',
  )
}

function refuseCopy(others: readonly FoundIdentity[], found: FoundIdentity): void {
  const { directoryId, path } = found
  const twin = others.find((other) => other.directoryId === directoryId)
  if (directoryId === undefined || twin === undefined) return
  throw new StartError(
    `${twin.path} and ${path} have the same directory.id ${directoryId}, so that one is a copy ` +
      'of the other; name only one of them.',
  )
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

/**
 * Refuses what the opened directories hold, before it changes: partitions whose cluster nobody can
 * tell, one partition in two places, and a metadata log where none should be.
 */
export function judgeContents(stores: readonly LogStore[], metadata: LogStore): void {
  const places = new Map<string, FoundPartition[]>()
  for (const store of stores) {
    const isKnown = store.metaProperties() !== undefined
    for (const folder of store.partitionsOnDisk()) {
      const name = `${folder.topic}-${folder.partition}`
      if (!isKnown) {
        throw new StartError(
          `${store.path} holds ${name} but no meta.properties, ` +
            'so its cluster is not known; restore that file.',
        )
      }
      if (folder.topic === metadataTopic && store !== metadata) {
        throw new StartError(
          `${store.path} holds a metadata log, which is to be in ${metadata.path}; ` +
            'name the right directory first or in metadata.log.dir.',
        )
      }
      // One directory has each name once.
      if (stores.length > 1) noteFolder(places, name, { ...folder, store })
    }
  }
}

function noteFolder(
  places: Map<string, FoundPartition[]>,
  name: string,
  found: FoundPartition,
): void {
  const alike = places.get(name) ?? []
  const twin = alike.find((other) => isSamePartition(other, found))
  if (twin !== undefined) {
    throw new StartError(
      `${name} is in ${twin.store.path} and in ${found.store.path}, and only one can be right; ` +
        'move one of the two folders away.',
    )
  }
  places.set(name, [...alike, found])
}

/**
 * Of two folders of the same name. Another topic id is that of a topic that was deleted while its
 * directory was not there: the metadata tells which it names.
 */
function isSamePartition(one: PartitionOnDisk, other: PartitionOnDisk): boolean {
  const isKnown = one.topicId !== undefined && other.topicId !== undefined
  return !isKnown || one.topicId === other.topicId
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
