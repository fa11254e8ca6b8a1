import { describe, expect, it, vi } from 'vitest'
import { Controller } from '../../src/controller/controller.ts'
import { configsOf, emptyImage, ResourceType } from '../../src/metadata/image.ts'
import { decodeLog, encodeControls, encodeRecords } from '../../src/metadata/records.ts'
import { Replay } from '../../src/metadata/replay.ts'
import { decodeSnapshotFile } from '../../src/metadata/snapshot.ts'
import { createMemoryLogStore, type MemoryLogStore } from '../../src/storage/memory-log-store.ts'
import { cleanManifest, fixture } from '../metadata/fixtures.ts'
import {
  address,
  creating,
  diskWith,
  logBytes,
  optionsFor,
  startedController,
  topic,
} from './harness.ts'

describe('a first start', () => {
  it('writes what Apache Kafka writes, record by record', async () => {
    const { controller, store } = await startedController()
    const ours = decodeLog(logBytes(store.disk)).batches
    const theirs = decodeLog(fixture('clean-log.gz')).batches
    const names = (batches: typeof ours, end: number) =>
      batches
        .filter((batch) => batch.lastOffset < end)
        .flatMap((batch) => [...batch.controls, ...batch.records])
        .map((one) => ({ name: one.name, version: 'version' in one ? one.version : 0 }))
    expect(names(ours, Infinity)).toEqual(names(theirs, 16).slice(0, 15))
    const { directoryId } = controller.properties
    expect(ours[0]?.controls).toMatchObject([
      { value: { version: 0, leaderId: 1, voters: [{ voterId: 1 }] } },
      { value: { kRaftVersion: 1 } },
      { value: { voters: [{ voterId: 1, voterDirectoryId: directoryId }] } },
    ])
    expect(ours.every((batch) => batch.epoch === 1 && batch.timestamp === 1_000_000)).toBe(true)
  })

  it('finalises the features of 4.3, registers the broker and unfences it', async () => {
    const { controller } = await startedController()
    expect(Object.fromEntries(controller.image.features)).toEqual({
      'metadata.version': 30,
      'eligible.leader.replicas.version': 1,
      'group.version': 1,
      'share.version': 1,
      'streams.version': 1,
      'transaction.version': 2,
    })
    expect(controller.image.brokers.get(1)).toMatchObject({
      epoch: 13,
      fenced: false,
      listeners: address.listeners,
      directories: [controller.properties.directoryId],
    })
    const cluster = configsOf(controller.image, ResourceType.BROKER, '')
    expect([...cluster]).toEqual([['min.insync.replicas', '1']])
  })

  it('leaves the files of kafka-storage format', async () => {
    const { store } = await startedController()
    expect([...store.disk.files.keys()].sort()).toEqual([
      '__cluster_metadata-0/00000000000000000000-0000000000.checkpoint',
      '__cluster_metadata-0/quorum-state',
      'bootstrap.checkpoint',
    ])
    const summary = (bytes: Uint8Array) =>
      decodeLog(bytes).batches.map(({ records, controls, lastOffset }) => ({
        lastOffset,
        records,
        controls: controls.map((one) => one.name),
      }))
    const bootstrap = store.disk.files.get('bootstrap.checkpoint')!
    expect(summary(bootstrap)).toEqual(summary(fixture('clean-bootstrap.checkpoint')))
    const first = store.disk.files.get(
      '__cluster_metadata-0/00000000000000000000-0000000000.checkpoint',
    )!
    expect(summary(first)).toEqual(summary(fixture('clean-first.checkpoint')))
    const state = store.disk.files.get('__cluster_metadata-0/quorum-state')!
    expect(Buffer.from(state).toString()).toBe(
      Buffer.from(fixture('clean-quorum-state')).toString(),
    )
  })

  it('that was cut short is made good by the next', async () => {
    const store = createMemoryLogStore()
    const writeFile = store.writeFile.bind(store)
    let left = 1
    store.writeFile = async (path, bytes) => {
      if (left-- === 0) throw new Error('power cut')
      await writeFile(path, bytes)
    }
    const controller = await Controller.open(optionsFor(store))
    await expect(controller.activate(address)).rejects.toThrow('power cut')
    const { controller: next } = await startedController(store.crash())
    expect(next.properties).toEqual(controller.properties)
    expect(next.image.quorum.voters).toHaveLength(1)
    expect(next.image.features.size).toBe(6)
  })
})

describe('a restart', () => {
  it('has the same ids, configs and partitions, in a new epoch', async () => {
    const first = await startedController()
    const configs = [{ name: 'retention.ms', value: '1000' }]
    await first.controller.createTopics(creating(topic('a', { numPartitions: 3, configs })))
    const before = first.controller.image
    await first.controller.close()
    await first.store.close()
    const second = await startedController(first.store.disk)
    expect(second.controller.properties).toEqual(first.controller.properties)
    const after = second.controller.image
    expect(after.topicsByName).toEqual(before.topicsByName)
    expect(after.configs).toEqual(before.configs)
    expect(after.epoch).toBe(2)
    expect(after.brokers.get(1)?.fenced).toBe(false)
    expect(second.controller.brokerEpoch).toBeGreaterThan(first.controller.brokerEpoch)
  })

  it("finds what Apache Kafka's controlled shutdown leaves", async () => {
    const { controller, store } = await startedController()
    await controller.createTopics(creating(topic('a', { numPartitions: 2 })))
    await controller.createTopicAutomatically('__consumer_offsets')
    const { brokerEpoch } = controller
    const { length } = decodeLog(logBytes(store.disk)).batches
    await controller.close()
    await store.close()
    // As a combined node of Apache Kafka 4.3.1 wrote it: the broker says that it goes, partitions
    // lose their leader and keep it as eligible, here only those of coordinators, it is fenced.
    const written = decodeLog(logBytes(store.disk)).batches.slice(length)
    const change = { leader: -1, isr: [], eligibleLeaderReplicas: [1], lastKnownElr: [1] }
    expect(written.flatMap(({ records }) => records)).toMatchObject([
      {
        name: 'BrokerRegistrationChangeRecord',
        version: 1,
        value: { brokerId: 1, brokerEpoch, fenced: 0, inControlledShutdown: 1 },
      },
      ...Array.from({ length: 50 }, (_, partitionId) => {
        return { name: 'PartitionChangeRecord', version: 2, value: { partitionId, ...change } }
      }),
      {
        name: 'BrokerRegistrationChangeRecord',
        version: 0,
        value: { brokerId: 1, brokerEpoch, fenced: 1 },
      },
    ])
    expect(controller.brokerEpoch).toBe(brokerEpoch)
  })

  it('after a kill lets the leader epochs grow, because records may be gone', async () => {
    const first = await startedController()
    await first.controller.createTopics(creating(topic('a')))
    const { controller } = await startedController(first.store.crash())
    expect(controller.image.topicsByName.get('a')?.partitions[0]).toMatchObject({
      leader: 1,
      isr: [1],
      leaderEpoch: 1,
    })
  })

  it('on another port tells the voters, and on the same one does not', async () => {
    const first = await startedController()
    await first.controller.close()
    await first.store.close()
    const store = createMemoryLogStore({ disk: first.store.disk })
    const controller = await Controller.open(optionsFor(store))
    const controllerListener = { ...address.controllerListener, port: 9999 }
    await controller.activate({ ...address, controllerListener })
    expect(controller.image.quorum.voters[0]?.endpoints[0]?.port).toBe(9999)
    const controls = decodeLog(logBytes(store.disk)).batches.flatMap((batch) => batch.controls)
    expect(controls.map((control) => control.name).slice(3)).toEqual([
      'leaderChange',
      'kraftVersion',
      'voters',
    ])
  })

  it('aborts a transaction that the log ends in', async () => {
    const log = Buffer.concat([fixture('clean-log.gz'), openTransaction(367)])
    const { directoryId, clusterId, nodeId } = cleanManifest()
    const disk = diskWith(log, {}, { directoryId, clusterId, nodeId })
    const { controller, store } = await startedController(disk)
    expect(controller.image.topicsByName.has('never')).toBe(false)
    expect(replayed(logBytes(store.disk))).toEqual(controller.image)
  })
})

describe("a directory of Apache Kafka's", () => {
  const { directoryId, clusterId, nodeId } = cleanManifest()
  const properties = { directoryId, clusterId, nodeId }

  it('is taken over: every partition is led again, nothing else changes', async () => {
    const disk = diskWith(
      fixture('clean-log.gz'),
      {
        '__cluster_metadata-0/quorum-state': fixture('clean-quorum-state'),
        'bootstrap.checkpoint': fixture('clean-bootstrap.checkpoint'),
        '__cluster_metadata-0/00000000000000000000-0000000000.checkpoint':
          fixture('clean-first.checkpoint'),
      },
      properties,
    )
    const before = replayed(fixture('clean-log.gz'))
    const { controller } = await startedController(disk)
    const { image } = controller
    expect(image.epoch).toBe(2)
    expect(image.configs).toEqual(before.configs)
    expect(image.features).toEqual(before.features)
    expect([...image.topicsById.keys()].sort()).toEqual([...before.topicsById.keys()].sort())
    for (const { partitions } of image.topicsByName.values()) {
      for (const partition of partitions) {
        expect(partition).toMatchObject({ leader: 1, isr: [1], elr: [], lastKnownElr: [] })
        expect(partition.leaderEpoch).toBe(2)
      }
    }
    expect(controller.image.brokers.get(1)?.fenced).toBe(false)
    expect((await controller.allocateProducerIds()).first).toBe(1000)
  })

  it('is taken over when it was only formatted, with its SCRAM users', async () => {
    const first = '__cluster_metadata-0/00000000000000000000-0000000000.checkpoint'
    const files = {
      'bootstrap.checkpoint': fixture('scram-bootstrap.checkpoint'),
      [first]: fixture('clean-first.checkpoint'),
    }
    const { controller } = await startedController(diskWith(new Uint8Array(), files, properties))
    expect([...controller.image.retained.keys()]).toEqual(['scram/1/alice'])
    expect(controller.image.features.get('metadata.version')).toBe(30)
    expect(controller.image.quorum.voters[0]?.endpoints[0]?.port).toBe(9093)
  })

  it('without meta.properties is refused, as nobody knows whose it is', async () => {
    const disk = diskWith(fixture('clean-log.gz'), {}, properties)
    disk.properties = undefined
    const store = createMemoryLogStore({ disk })
    await expect(Controller.open(optionsFor(store))).rejects.toThrow(/no meta.properties/)
    expect(disk.properties).toBeUndefined()
  })

  it('of another node or cluster is refused in one sentence, and left alone', async () => {
    const disk = diskWith(fixture('clean-log.gz'), {}, properties)
    const open = (more: object) => Controller.open(optionsFor(createMemoryLogStore({ disk }), more))
    await expect(open({ nodeId: 7 })).rejects.toThrow(/belongs to node 1, not to node 7/)
    const other = 'AAAAAAAAAAAAAAAAAAAAAQ'
    await expect(open({ clusterId: other })).rejects.toThrow(/belongs to cluster uwSoqIjGSyubxNe/)
    expect(logBytes(disk)).toEqual(Buffer.from(fixture('clean-log.gz')))
  })

  it('with records that only a newer version reads keeps them, byte for byte', async () => {
    const unknown = { name: null, key: 4711, version: 2, bytes: Uint8Array.of(1, 2, 3) } as const
    const place = { baseOffset: 367, partitionLeaderEpoch: 1 }
    const log = Buffer.concat([fixture('clean-log.gz'), encodeRecords([unknown], 1, place)])
    const disk = diskWith(log, {}, properties)
    const snapshots = { 'metadata.log.max.record.bytes.between.snapshots': '1' }
    const { controller } = await startedController(disk, snapshots)
    await controller.createTopics(creating(topic('a')))
    const isSnapshot = (name: string) => name.endsWith('.checkpoint') && !name.includes('bootstrap')
    await vi.waitFor(() => expect([...disk.files.keys()].some(isSnapshot)).toBe(true))
    const [name = ''] = [...disk.files.keys()].filter(isSnapshot)
    const { records } = decodeSnapshotFile(name, disk.files.get(name) ?? new Uint8Array())
    expect(records.at(-1)).toEqual(unknown)
    const { controller: again } = await startedController(disk)
    expect(again.image.unread).toEqual([unknown])
  })

  it('with a newer version of what it acts on is refused, and its log left alone', async () => {
    const newer = { name: null, key: 2, version: 9, bytes: Uint8Array.of(1) } as const
    const place = { baseOffset: 367, partitionLeaderEpoch: 1 }
    const log = Buffer.concat([fixture('clean-log.gz'), encodeRecords([newer], 1, place)])
    const disk = diskWith(log, {}, properties)
    const opening = Controller.open(optionsFor(createMemoryLogStore({ disk })))
    await expect(opening).rejects.toThrow(/TopicRecord of version 9 at offset 367.*newer version/)
    expect(logBytes(disk)).toEqual(log)
  })

  it('of several controllers is refused, and their log left alone', async () => {
    const voters = [1, 2].map((voterId) => ({
      voterId,
      voterDirectoryId: directoryId,
      endpoints: [{ name: 'CONTROLLER', host: 'host', port: 9093 }],
      kRaftVersionFeature: { minSupportedVersion: 0, maxSupportedVersion: 1 },
    }))
    const place = { baseOffset: 367, partitionLeaderEpoch: 1 }
    const control = { name: 'voters', value: { version: 0, voters } } as const
    const log = Buffer.concat([fixture('clean-log.gz'), encodeControls([control], 1, place)])
    const disk = diskWith(log, {}, properties)
    const controller = await Controller.open(optionsFor(createMemoryLogStore({ disk })))
    await expect(controller.activate(address)).rejects.toThrow(/quorum of the controllers 1, 2/)
    expect(logBytes(disk)).toEqual(log)
  })

  it('whose log has lost its beginning is refused, unless a snapshot tells of it', async () => {
    const name = '__cluster_metadata-0/00000000000000000129-0000000001.checkpoint'
    const starting = async (files: Record<string, Uint8Array>) => {
      const disk = diskWith(fixture('snapshot-log.gz'), files, properties)
      const state = disk.partitions.get('__cluster_metadata-0')
      if (state === undefined) throw new Error('the log is there')
      state.logStartOffset = 129
      state.batches = state.batches.filter(({ header }) => header.baseOffset >= 129)
      return await Controller.open(optionsFor(createMemoryLogStore({ disk })))
    }
    await expect(starting({})).rejects.toThrow(/begins at offset 129, and there is no snapshot/)
    const { image } = await starting({ [name]: fixture('snapshot-129.gz') })
    expect(image.topicsByName.has('orders')).toBe(true)
  })
})

describe('commands', () => {
  it('are decided in order, and answered when they are durable and published', async () => {
    const store = createMemoryLogStore()
    const controller = await Controller.open(optionsFor(store))
    await controller.activate(address)
    const events: string[] = []
    controller.subscribe(async (image, changes) => {
      await new Promise((resolve) => setTimeout(resolve, 5))
      const names = changes.createdTopics.map((one) => one.name)
      events.push(`${names.join()} at ${image.offset}`)
    })
    const end = controller.image.offset
    const answers = await Promise.all([
      controller.createTopics(creating(topic('a'))).then((all) => {
        events.push('answer a')
        return all[0]?.errorCode
      }),
      controller.createTopics(creating(topic('a'))).then((all) => all[0]?.errorCode),
      controller.createTopics(creating(topic('b'))).then((all) => all[0]?.errorCode),
    ])
    expect(answers).toEqual([0, 36, 0])
    expect(events.slice(0, 2)).toEqual([`a at ${end + 2}`, 'answer a'])
    expect(events[2]).toBe(`b at ${end + 4}`)
  })

  it('wait for the disk', async () => {
    const { disk } = (await startedController()).store
    const store = createMemoryLogStore({ disk, autoFlush: false })
    const controller = await Controller.open(optionsFor(store))
    await flushedAfter(store, controller.activate(address))
    let answered = false
    const answer = controller.createTopics(creating(topic('a'))).then(() => {
      answered = true
    })
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(answered).toBe(false)
    expect(controller.image.topicsByName.has('a')).toBe(false)
    await store.find('__cluster_metadata', 0)?.flush()
    await answer
    expect(controller.image.topicsByName.has('a')).toBe(true)
  })

  it('that miss their deadline are answered so, and may still happen', async () => {
    const { disk } = (await startedController()).store
    const store = createMemoryLogStore({ disk, autoFlush: false })
    const controller = await Controller.open(optionsFor(store))
    await flushedAfter(store, controller.activate(address))
    const request = { ...creating(topic('a'), topic('b')), timeoutMs: 10 }
    const results = await controller.createTopics(request)
    expect(results.map(({ name, errorCode }) => [name, errorCode])).toEqual([
      ['a', 7],
      ['b', 7],
    ])
    const deletion = { topics: [], topicNames: ['a'], timeoutMs: 10 }
    const deleted = await controller.deleteTopics(deletion)
    expect(deleted).toMatchObject([{ name: 'a', errorCode: 7 }])
    const more = { name: 'b', count: 3, assignments: null }
    const grown = { topics: [more, more], timeoutMs: 10, validateOnly: false }
    expect(await controller.createPartitions(grown)).toMatchObject([{ name: 'b', errorCode: 7 }])
    await store.find('__cluster_metadata', 0)?.flush()
    expect((await flushedAfter(store, controller.allocateProducerIds())).first).toBe(0)
  })

  it('fail once the directory is offline, and close does not hang on it', async () => {
    const { controller, store } = await startedController()
    store.goOffline('the disk is gone')
    await expect(controller.createTopics(creating(topic('a')))).rejects.toMatchObject({ code: 56 })
    await controller.close()
    expect(controller.image.topicsByName.size).toBe(0)
  })

  it('are refused before activation and after close', async () => {
    const store = createMemoryLogStore()
    const controller = await Controller.open(optionsFor(store))
    await expect(controller.allocateProducerIds()).rejects.toThrow(/not active/)
    await controller.activate(address)
    await Promise.all([controller.close(), controller.close()])
    await expect(controller.allocateProducerIds()).rejects.toThrow(/not active/)
  })

  it('give out producer ids in blocks that never overlap, across restarts', async () => {
    const first = await startedController()
    const blocks = await Promise.all([
      first.controller.allocateProducerIds(),
      first.controller.allocateProducerIds(),
    ])
    expect(blocks).toEqual([
      { first: 0, length: 1000 },
      { first: 1000, length: 1000 },
    ])
    const second = await startedController(first.store.crash())
    expect(await second.controller.allocateProducerIds()).toEqual({ first: 2000, length: 1000 })
  })
})

describe('snapshots', () => {
  it('are written when the log has grown, and a start goes on from the newest', async () => {
    const settings = { 'metadata.log.max.record.bytes.between.snapshots': '5000' }
    const first = await startedController(undefined, settings)
    for (let i = 0; i < 60; i++) {
      await first.controller.createTopics(creating(topic(`t-${i}`, { numPartitions: 2 })))
    }
    const names = await first.store.listFiles('__cluster_metadata-0')
    const snapshots = names.filter((name) => name.endsWith('.checkpoint'))
    expect(snapshots.length).toBeGreaterThan(2)
    const before = first.controller.image
    await first.controller.close()
    await first.store.close()
    // Without the beginning of the log the newest snapshot has to do.
    const { disk } = first.store
    const newest = Number(snapshots.sort().at(-1)?.slice(0, 20))
    const state = disk.partitions.get('__cluster_metadata-0')!
    state.batches = state.batches.filter(({ header }) => header.baseOffset >= newest)
    state.logStartOffset = newest
    const { controller } = await startedController(disk, settings)
    expect(controller.image.topicsByName).toEqual(before.topicsByName)
    expect(controller.image.quorum).toEqual(first.controller.image.quorum)
  })

  it('let the log be cut when it is larger than its retention', async () => {
    const settings = {
      'metadata.log.max.record.bytes.between.snapshots': '3000',
      'metadata.max.retention.bytes': '6000',
    }
    const { controller, store } = await startedController(undefined, settings)
    for (let i = 0; i < 60; i++) {
      await controller.createTopics(creating(topic(`t-${i}`, { numPartitions: 2 })))
    }
    const log = store.find('__cluster_metadata', 0)!
    expect(log.logStartOffset()).toBeGreaterThan(0)
    expect(log.sizeBytes()).toBeLessThan(12_000)
    const names = await store.listFiles('__cluster_metadata-0')
    const ends = names
      .filter((one) => one.endsWith('.checkpoint'))
      .map((one) => Number(one.slice(0, 20)))
    expect(Math.min(...ends)).toBeGreaterThanOrEqual(log.logStartOffset())
    await controller.close()
    await store.close()
    const again = await startedController(store.disk, settings)
    expect(again.controller.image.topicsByName.size).toBe(60)
  })

  it('are written when a change has waited long enough, and not without one', async () => {
    const settings = { 'metadata.log.max.snapshot.interval.ms': '20' }
    const { controller, store } = await startedController(undefined, settings)
    const snapshots = async (): Promise<string[]> =>
      (await store.listFiles('__cluster_metadata-0')).filter((one) => one.endsWith('.checkpoint'))
    await controller.createTopics(creating(topic('a')))
    const end = controller.image.offset + 1
    const newest = async (): Promise<number> =>
      Math.max(...(await snapshots()).map((name) => Number(name.slice(0, 20))))
    await vi.waitUntil(async () => (await newest()) >= end)
    const before = await snapshots()
    await new Promise((resolve) => setTimeout(resolve, 60))
    expect(await snapshots()).toEqual(before)
    await controller.close()
    const closed = await snapshots()
    await new Promise((resolve) => setTimeout(resolve, 40))
    expect(await snapshots()).toEqual(closed)
  })

  it('that cannot be written are told of, and the log goes on', async () => {
    const settings = { 'metadata.log.max.record.bytes.between.snapshots': '1' }
    const failures: unknown[] = []
    const onSnapshotFailure = (cause: unknown) => failures.push(cause)
    const { controller, store } = await startedController(undefined, settings, {
      onSnapshotFailure,
    })
    store.writeFile = () => Promise.reject(new Error('no room'))
    const [result] = await controller.createTopics(creating(topic('a')))
    expect(result?.errorCode).toBe(0)
    await new Promise((resolve) => setTimeout(resolve, 1))
    expect(failures).toHaveLength(1)
  })
})

/** The answer to a command while somebody flushes the metadata log. */
async function flushedAfter<T>(store: MemoryLogStore, answer: Promise<T>): Promise<T> {
  const flushing = setInterval(() => void store.find('__cluster_metadata', 0)?.flush(), 1)
  try {
    return await answer
  } finally {
    clearInterval(flushing)
  }
}

function replayed(bytes: Uint8Array) {
  const replay = new Replay(emptyImage)
  replay.feed(bytes)
  expect(replay.inTransaction).toBe(false)
  return replay.finish()
}

/** A batch that begins a transaction, creates a topic in it and stops. */
function openTransaction(baseOffset: number): Uint8Array {
  return encodeRecords(
    [
      { name: 'BeginTransactionRecord', version: 0, value: { name: 'x' } },
      {
        name: 'TopicRecord',
        version: 0,
        value: { name: 'never', topicId: 'bbbbRZyoQ_y_biQ5m6sOVA' },
      },
    ],
    0,
    { baseOffset, partitionLeaderEpoch: 1 },
  )
}

describe('a node that runs', () => {
  it('registers anew where it is reached somewhere else, and goes on as it was', async () => {
    const { controller, store } = await startedController()
    await controller.createTopics(creating(topic('a')))
    const before = controller.image.brokers.get(1)
    const end = controller.logEndOffset
    const listeners = [{ name: 'PLAINTEXT', host: 'there', port: 7, securityProtocol: 0 }]
    const { directoryId } = controller.properties
    await controller.moveTo({ listeners, rack: 'r', directories: [directoryId] })
    expect(controller.image.brokers.get(1)).toEqual({
      ...before,
      listeners,
      rack: 'r',
      epoch: end,
      incarnationId: expect.not.stringMatching(before?.incarnationId ?? ''),
    })
    expect(controller.brokerEpoch).toBe(end)
    expect(controller.image.topicsByName.get('a')?.partitions[0]).toMatchObject({ leader: 1 })
    await controller.close()
    const again = await startedController(store.disk)
    expect(again.controller.image.topicsByName.has('a')).toBe(true)
  })

  it('tells who no longer listens nothing, also of a change that is told already', async () => {
    const { controller } = await startedController()
    const told: string[] = []
    const ends: (() => void)[] = []
    const listen = (name: string, on: () => void = () => undefined): void => {
      ends.push(
        controller.subscribe(() => {
          told.push(name)
          on()
        }),
      )
    }
    listen('first', () => ends[1]?.())
    listen('second')
    listen('third')
    await controller.createTopics(creating(topic('a')))
    await controller.createTopics(creating(topic('b')))
    expect(told).toEqual(['first', 'third', 'first', 'third'])
  })
})
