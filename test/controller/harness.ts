/** A controller on a store in memory, and ways to look at what it wrote. */
import { systemTimers } from '../../src/base/clock.ts'
import { seededRandom } from '../../src/base/random.ts'
import {
  Controller,
  type ControllerOptions,
  type NodeAddress,
} from '../../src/controller/controller.ts'
import { type BrokerConfig, readBrokerConfig } from '../../src/metadata/config/broker-config.ts'
import type { CreatableTopic } from '../../src/protocol/generated/19-create-topics.ts'
import { decodeBatchHeader } from '../../src/protocol/record-batch.ts'
import {
  createMemoryLogStore,
  type MemoryDisk,
  type MemoryLogStore,
} from '../../src/storage/memory-log-store.ts'

export const metadataTopicId = 'AAAAAAAAAAAAAAAAAAAAAQ'

/** Every start has randomness of its own, as in life; the same in every run of a test file. */
let starts = 11

export const address: NodeAddress = {
  listeners: [{ name: 'PLAINTEXT', host: '127.0.0.1', port: 9092, securityProtocol: 0 }],
  controllerListener: { name: 'CONTROLLER', host: '127.0.0.1', port: 9093, securityProtocol: 0 },
  rack: null,
}

/** A static configuration with these settings. */
export function configOf(settings: Record<string, string> = {}): BrokerConfig {
  const read = readBrokerConfig({ overrides: Object.entries(settings) })
  if (read.problem !== undefined) throw new Error(read.problem)
  return read.config
}

/** Options for a controller on this store; a clock that stands at 1,000,000 ms. */
export function optionsFor(
  store: MemoryLogStore,
  more: Partial<ControllerOptions> = {},
  settings: Record<string, string> = {},
): ControllerOptions {
  const config = configOf(settings)
  return {
    store,
    nodeId: 1,
    clock: { now: () => 1_000_000, monotonicMs: () => 0 },
    timers: systemTimers,
    random: seededRandom(starts++),
    config: () => config,
    ...more,
  }
}

/** An active controller on a new directory, or on one that an earlier one left. */
export async function startedController(
  disk?: MemoryDisk,
  settings: Record<string, string> = {},
  more: Partial<ControllerOptions> = {},
): Promise<{ controller: Controller; store: MemoryLogStore }> {
  const store = createMemoryLogStore(disk === undefined ? {} : { disk })
  const controller = await Controller.open(optionsFor(store, more, settings))
  await controller.activate(address)
  return { controller, store }
}

/** A topic of CreateTopics with what a test does not care about left at its default. */
export function topic(name: string, more: Partial<CreatableTopic> = {}): CreatableTopic {
  return {
    name,
    numPartitions: -1,
    replicationFactor: -1,
    assignments: [],
    configs: [],
    ...more,
  }
}

/** A CreateTopics request. */
export function creating(...topics: readonly CreatableTopic[]) {
  return { topics, timeoutMs: 10_000, validateOnly: false }
}

/** The metadata log of a disk as one range of bytes. */
export function logBytes(disk: MemoryDisk): Uint8Array {
  const state = disk.partitions.get('__cluster_metadata-0')
  return Buffer.concat((state?.batches ?? []).map((batch) => batch.bytes))
}

/** A disk with this metadata log, as if the batches had been written by an earlier process. */
export function diskWith(
  log: Uint8Array,
  files: Record<string, Uint8Array>,
  properties: { clusterId: string; nodeId: number; directoryId: string },
): MemoryDisk {
  const batches = []
  for (let at = 0; at < log.length; ) {
    const header = decodeBatchHeader(log, at).value
    if (header === null) throw new Error('the fixture is broken')
    batches.push({ header, bytes: Uint8Array.from(log.subarray(at, at + header.bytes)) })
    at += header.bytes
  }
  const last = batches.at(-1)?.header
  const durableOffset = last === undefined ? 0 : last.baseOffset + last.lastOffsetDelta + 1
  const state = {
    topic: '__cluster_metadata',
    partition: 0,
    topicId: metadataTopicId,
    batches,
    segments: [{ baseOffset: 0, modifiedMs: 0 }],
    aborted: [],
    logStartOffset: 0,
    durableOffset,
  }
  return {
    properties,
    clean: true,
    partitions: new Map([['__cluster_metadata-0', state]]),
    strays: new Map(),
    files: new Map(Object.entries(files)),
  }
}
