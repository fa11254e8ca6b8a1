/** What the tests of the native module share. */
import { fileURLToPath } from 'node:url'
import { nativeModuleFiles } from '../../src/addon/load.ts'
import { settings } from '../storage/store-behaviour.ts'

/** The file of the native module that this run tests. */
export const binary = nativeModuleFiles({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  override: process.env['ODRADEK_BINARY'] || undefined,
})[0] as string

/** The script that appends until it is ended. */
export const appender = fileURLToPath(new URL('appender.mjs', import.meta.url))

/** A topic id as the native module takes it. */
export const topicIdBytes = Buffer.from('0102030405060708090a0b0c0d0e0f10', 'hex')

/** A partition as `openPartitions` takes it. */
export const topicPartition = {
  topic: 'topic',
  partition: 0,
  topicId: topicIdBytes,
  config: settings(),
}

/** A small data plane. */
export const planeOptions = {
  reactorThreads: 1,
  socketRequestMaxBytes: 1 << 20,
  socketSendBufferBytes: -1,
  socketReceiveBufferBytes: -1,
  fetchMaxBytes: 1 << 20,
  maxIncrementalFetchSessionCacheSlots: 10,
  connectionsMaxIdleMs: 60_000,
  maxConnections: 10,
}

/** What {@link appender} is given, apart from how it ends; JSON can hold it. */
export function appenderInput(path: string, batch: Uint8Array) {
  const finite = Object.entries(settings()).map(([name, value]) => [
    name,
    value === Number.POSITIVE_INFINITY ? Number.MAX_VALUE : value,
  ])
  const config: unknown = Object.fromEntries(finite)
  return { binary, path, batch: [...batch], topicId: [...topicIdBytes], config }
}
