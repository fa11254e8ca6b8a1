import { describe, expect, it } from 'vitest'
import type { BrokerImage, PartitionImage } from '../../src/metadata/image.ts'
import {
  DirectoryId,
  directoryOf,
  isReplicaOnline,
  isUsableDirectory,
  openDirectories,
} from '../../src/metadata/replica-directory.ts'

const [here, there] = ['bbbbRZyoQ_y_biQ5m6sOVA', 'ccccRZyoQ_y_biQ5m6sOVA']

function partitionIn(...directories: string[]): PartitionImage {
  const replicas = directories.map((_, at) => at + 1)
  const lists = { elr: [], lastKnownElr: [], removingReplicas: [], addingReplicas: [] }
  const numbers = { leader: 1, leaderRecoveryState: 0, leaderEpoch: 0, partitionEpoch: 0 }
  return { index: 0, replicas, isr: replicas, directories, ...lists, ...numbers }
}

function brokerWith(directories: string[], more: Partial<BrokerImage> = {}): BrokerImage {
  const lists = { listeners: [], features: [], directories, cordonedDirectories: null }
  const flags = { fenced: false, inControlledShutdown: false }
  return { id: 1, epoch: 1, incarnationId: here, rack: null, ...lists, ...flags, ...more }
}

describe('the directory of a replica', () => {
  it('is the one in its place, or not told', () => {
    const partition = partitionIn(here, there)
    expect(directoryOf(partition, 2)).toBe(there)
    expect(directoryOf({ ...partition, directories: [] }, 2)).toBe(DirectoryId.migrating)
    expect(() => directoryOf(partition, 3)).toThrow('only a replica')
  })

  it.each([
    [here, [here, there], true],
    [here, [there], false],
    [here, [], true],
    [DirectoryId.migrating, [there], true],
    [DirectoryId.unassigned, [there], true],
    [DirectoryId.lost, [there], false],
    [DirectoryId.lost, [], false],
  ])('%s among %j is usable: %s', (directory, online, usable) => {
    expect(isUsableDirectory(directory, online)).toBe(usable)
  })
})

it('a replica is online where its broker and its directory are', () => {
  const partition = partitionIn(here)
  expect(isReplicaOnline(partition, brokerWith([here, there]))).toBe(true)
  expect(isReplicaOnline(partition, brokerWith([there]))).toBe(false)
  expect(isReplicaOnline(partition, brokerWith([here], { fenced: true }))).toBe(false)
  expect(isReplicaOnline(partition, undefined)).toBe(false)
})

it('new partitions go to directories that are not cordoned', () => {
  expect(openDirectories(brokerWith([here, there]))).toEqual([here, there])
  expect(openDirectories(brokerWith([here, there], { cordonedDirectories: [here] }))).toEqual([
    there,
  ])
})
