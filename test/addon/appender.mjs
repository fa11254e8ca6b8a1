// Loads the native module and nothing else of the project, opens a directory and appends to two
// partitions until somebody ends it, with appends, commits and other calls under way at any moment.
// Runs in a worker (workerData) or in a process of its own (JSON in the second argument).
import { createRequire } from 'node:module'
import { connect } from 'node:net'
import { argv } from 'node:process'
import { isMainThread, parentPort, workerData } from 'node:worker_threads'

const given = isMainThread ? JSON.parse(argv[2]) : workerData
const batch = Buffer.from(given.batch)
const acknowledged = given.acknowledged && new BigInt64Array(given.acknowledged)

class StorageError extends Error {
  constructor(code, message) {
    super(message)
    this.code = code
  }
}

const native = createRequire(import.meta.url)(given.binary)
native.initialize(StorageError)
const directory = await native.openDirectory({
  path: given.path,
  helperThreads: 2,
  checkpointIntervalMs: 5,
  fileDeleteDelayMs: 0,
  producerCheckIntervalMs: 600_000,
  openFilesMax: 16,
  openFilesBurst: 32,
})
const topicId = Buffer.from(given.topicId)
const partitions = [0, 1].map((partition) => {
  return { topic: 't', partition, topicId, config: given.config }
})
const logs = await directory.openPartitions(partitions)
if (given.withDataPlane) await serve()
let running = 0
let checkpointing
logs.forEach(appendForEver)

/** Keeps a window of commits waiting and other tasks under way. */
async function appendForEver(log, partition) {
  for (;;) {
    const window = Array.from({ length: 32 }, () => {
      const { requiredHighWatermark } = log.append(batch)
      return log.committed(requiredHighWatermark).then(() => {
        if (acknowledged) Atomics.store(acknowledged, partition, BigInt(requiredHighWatermark))
      })
    })
    quietly(log.read(log.logStartOffset(), 1 << 16, 'highWatermark'))
    quietly(log.lookupMaxTimestamp('logEndOffset', 0))
    // One at a time: where they are slow those of a dead worker would keep others waiting.
    checkpointing ??= directory
      .checkpoint()
      .catch(() => {})
      .finally(() => (checkpointing = undefined))
    quietly(log.flush())
    await window[0]
    if (running++ === 1) announce()
  }
}

function announce() {
  if (given.ending === 'exit') process.exit(7)
  if (given.ending === 'throw') throw new Error('nobody catches this')
  if (isMainThread) process.stdout.write('running\n')
  else parentPort.postMessage('running')
}

/** Reactors, a hosted partition, and clients that ask without pause. */
async function serve() {
  const plane = new native.NativeDataPlane(
    {
      reactorThreads: 2,
      socketRequestMaxBytes: 1 << 20,
      socketSendBufferBytes: -1,
      socketReceiveBufferBytes: -1,
      fetchMaxBytes: 1 << 20,
      maxIncrementalFetchSessionCacheSlots: 10,
      connectionsMaxIdleMs: 60_000,
      maxConnections: 100,
    },
    {
      onFrames: (frames) => {
        for (const { connection, sequence } of frames) {
          plane.respond(connection, sequence, Buffer.alloc(100))
        }
      },
      onOpenBatches: () => {},
      onConnectionsClosed: () => {},
    },
  )
  for (const log of logs) plane.host(log, 0, false)
  const { port } = plane.listen('127.0.0.1', 0)
  const apiVersions = Buffer.from('0000000a00120000000000070000', 'hex')
  for (let i = 0; i < 3; i++) {
    const socket = connect(port, '127.0.0.1', () => socket.write(apiVersions))
    socket.on('data', () => socket.write(apiVersions))
    socket.on('error', () => {})
  }
}

function quietly(promise) {
  promise.catch(() => {})
}
