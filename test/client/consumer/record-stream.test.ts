import { beforeEach, describe, expect, it, vi } from 'vitest'
import { ConsumerLoop } from '../../../src/client/consumer/consumer-loop.ts'
import { OrderedRun } from '../../../src/client/consumer/ordered-run.ts'
import type { PartitionPosition } from '../../../src/client/consumer/positions.ts'
import { RecordStream } from '../../../src/client/consumer/record-stream.ts'
import { encodeBatch, newBatch } from '../../../src/protocol/record-batch.ts'
import { PlayedCluster, settingsWith, settled } from './played-cluster.ts'

let played: PlayedCluster
let loop: ConsumerLoop<unknown, string>
let stream: RecordStream<unknown, string>

beforeEach(() => begin())

/** A consumer of one partition that stands at offset 0. */
function begin(options: object = {}): void {
  played = new PlayedCluster()
  played.lead('t', [1, 5])
  const settings = settingsWith({ valueDeserializer: readValue, ...options })
  loop = new ConsumerLoop(played.cluster, settings)
  stream = new RecordStream(loop, settings)
  loop.assign([{ topic: 't', partition: 0 }])
  loop.positions.seek(position(), { offset: 0, leaderEpoch: -1 })
}

function readValue(bytes: Buffer): string {
  if (String(bytes) === 'bad') throw new Error('not mine')
  return String(bytes)
}

function position(): PartitionPosition {
  const [one] = [...loop.positions.all]
  if (one === undefined) throw new Error('it is assigned')
  return one
}

/** Answers the next Fetch with these values from this offset on. */
function bring(baseOffset: number, ...values: string[]): Promise<void> {
  return answer(dataOf(0, baseOffset, values))
}

/** What a Fetch brings of a partition. */
function dataOf(partitionIndex: number, baseOffset: number, values: readonly string[]): object {
  const of = values.map((value) => ({ timestamp: 1, key: null, value: Buffer.from(value) }))
  const batch = newBatch(of, { baseOffset, partitionLeaderEpoch: 5 })
  return {
    partitionIndex,
    errorCode: 0,
    highWatermark: 100,
    lastStableOffset: 100,
    logStartOffset: 0,
    currentLeader: { leaderId: -1, leaderEpoch: -1 },
    abortedTransactions: null,
    preferredReadReplica: -1,
    records: encodeBatch(batch),
  }
}

async function answer(...partitions: object[]): Promise<void> {
  const responses = [{ topic: '', topicId: 'id-of-t', partitions }]
  await settled()
  const response = { errorCode: 0, sessionId: 77, responses, nodeEndpoints: [] }
  await played.next('Fetch').answer(response)
}

/** Handlers that end when the test says so; the offsets of those at work. */
class Handlers {
  readonly begun: number[] = []
  readonly #ends = new Map<number, () => void>()

  readonly handle = ({ offset }: { readonly offset: number }): Promise<void> => {
    this.begun.push(offset)
    return new Promise((resolve) => this.#ends.set(offset, resolve))
  }

  async end(...offsets: number[]): Promise<void> {
    for (const offset of offsets) this.#ends.get(offset)?.()
    await settled()
  }
}

describe('a poll', () => {
  it.each([Number.NaN, -1, '5'])('of %s ms is refused, and the next one goes on', async (time) => {
    const refused = stream.poll({ timeoutMs: time as number })
    await expect(refused).rejects.toThrow(`timeoutMs is ${time}; it has to be`)
    const polled = stream.poll({ timeoutMs: 1_000 })
    await bring(0, 'a')
    expect(await polled).toHaveLength(1)
  })

  it('returns what lies before a record that fails, and the next one throws', async () => {
    const polled = stream.poll({})
    await bring(0, 'a', 'bad', 'c')
    expect((await polled).map(({ value }) => value)).toEqual(['a'])
    for (let tries = 0; tries < 2; tries++) {
      await expect(stream.poll({})).rejects.toThrow('t-0 at offset 1: not mine')
    }
    expect(position().position).toBe(1)
  })

  it('that does not wait lets timers and sockets have their turn', async () => {
    await stream.poll({ timeoutMs: 0 })
    let turns = 0
    const turn = (): void => {
      turns++
      setImmediate(turn)
    }
    setImmediate(turn)
    for (let polls = 0; polls < 3; polls++) {
      played.time.pass(8)
      await stream.poll({ timeoutMs: 0 })
    }
    expect(turns).toBeGreaterThanOrEqual(3)
  })
})

describe('many partitions', () => {
  it('are looked at now and then while much of them waits, not for each piece', async () => {
    const count = 200
    const partitions = Array.from({ length: count }, (_, partition) => partition)
    played.lead('t', ...partitions.map((): [number, number] => [1, 5]))
    loop.assign(partitions.map((partition) => ({ topic: 't', partition })))
    for (const one of loop.positions.all) loop.positions.seek(one, { offset: 0, leaderEpoch: -1 })
    const looks = vi.spyOn(loop.positions, 'fetchable')
    const first = stream.next()
    await answer(...partitions.map((partition) => dataOf(partition, 0, ['v'])))
    const read = new Set([(await first).value?.partition])
    while (read.size < count) read.add((await stream.next()).value?.partition)
    expect(looks.mock.calls.length).toBeLessThan(60)
  })
})

describe('a run', () => {
  it('works out what is finished when that is to be committed, not for each record', async () => {
    const finished = vi.spyOn(OrderedRun.prototype, 'finished')
    const signal = new AbortController()
    let records = 0
    const run = stream.run({ signal: signal.signal }, () => {
      if (++records === 50) signal.abort()
    })
    await bring(0, ...Array.from({ length: 50 }, (_, at) => `${at}`))
    await run
    expect(position().processed).toBe(50)
    expect(finished.mock.calls.length).toBeLessThan(5)
    finished.mockRestore()
  })

  it('goes back with a seek: what is to come again is not processed', async () => {
    const handlers = new Handlers()
    const signal = new AbortController()
    const run = stream.run({ concurrency: 4, order: 'key', signal: signal.signal }, handlers.handle)
    await bring(0, 'a', 'b', 'c')
    await handlers.end(0)
    loop.positions.seek(position(), { offset: 0, leaderEpoch: -1 })
    loop.attend()
    await handlers.end(1, 2)
    expect(stream.offsetsToCommit()).toMatchObject([{ offset: 0 }])
    // What was on its way is of the old direction.
    await bring(3, 'd')
    await bring(0, 'a', 'b', 'c')
    expect(handlers.begun).toEqual([0, 1, 2, 0, 1, 2])
    await handlers.end(0)
    expect(stream.offsetsToCommit()).toMatchObject([{ offset: 1 }])
    signal.abort()
    await handlers.end(1, 2)
    await run
    expect(position()).toMatchObject({ processed: 3, position: 3 })
  })

  it('whose handler hangs does not keep the consumer from its end', async () => {
    void stream.run({}, () => new Promise(() => {}))
    await bring(0, 'a')
    await settled()
    let isClosed = false
    const closed = loop.close(50, stream.whenIdle()).then(() => {
      isClosed = true
    })
    await settled()
    expect(isClosed).toBe(false)
    played.time.pass(50)
    await closed
    expect(played.time.timers).toBe(0)
  })

  it('does not wait for itself: who closes in a handler is not inside for long', async () => {
    const insides: boolean[] = []
    const run = stream.run({}, () => {
      insides.push(stream.isInsideRun)
      void loop.close(1_000, stream.whenIdle())
    })
    await bring(0, 'a', 'b')
    await run
    expect([insides, stream.isInsideRun]).toEqual([[true], false])
    expect(loop.isClosed).toBe(true)
  })
})
