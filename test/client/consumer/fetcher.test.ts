import { beforeEach, describe, expect, it } from 'vitest'
import {
  BatchOpener,
  type CompressedRecords,
  type OpenedRecords,
} from '../../../src/client/consumer/batch-opener.ts'
import { Fetcher } from '../../../src/client/consumer/fetcher.ts'
import { type PartitionPosition, Positions } from '../../../src/client/consumer/positions.ts'
import { NetworkError, ProtocolError } from '../../../src/client/error.ts'
import { gzip } from '../../../src/compression/gzip.ts'
import { ErrorCode } from '../../../src/protocol/error-codes.ts'
import type { FetchRequest } from '../../../src/protocol/generated/01-fetch.ts'
import { encodeBatch, newBatch } from '../../../src/protocol/record-batch.ts'
import { PlayedCluster, type Sent, settingsWith, settled } from './played-cluster.ts'

let played: PlayedCluster
let positions: Positions
let fetcher: Fetcher
let news = 0

beforeEach(() => {
  played = new PlayedCluster()
  played.lead('t', [1, 5], [1, 5], [2, 5])
  begin()
})

function begin(options: object = {}): void {
  const settings = settingsWith(options)
  positions = new Positions(settings.autoOffsetReset)
  fetcher = new Fetcher(played.cluster, positions, settings, () => void news++)
}

/** Partitions of `t` that stand at offset 0. */
function assign(...partitions: number[]): PartitionPosition[] {
  positions.assign(partitions.map((partition) => ({ topic: 't', partition })))
  const all = [...positions.all]
  for (const one of all) positions.seek(one, { offset: 0, leaderEpoch: -1 })
  return all
}

function send(): number {
  return fetcher.send(played.time.monotonicMs())
}

function batch(baseOffset: number, count = 1): Uint8Array {
  const records = Array.from({ length: count }, () => ({ timestamp: 1, key: null, value: null }))
  return encodeBatch(newBatch(records, { baseOffset, partitionLeaderEpoch: 5 }))
}

function data(partitionIndex: number, records: Uint8Array | null, over: object = {}): object {
  return {
    partitionIndex,
    errorCode: 0,
    highWatermark: 100,
    lastStableOffset: 90,
    logStartOffset: 0,
    currentLeader: { leaderId: -1, leaderEpoch: -1 },
    abortedTransactions: null,
    preferredReadReplica: -1,
    records,
    ...over,
  }
}

function answer(sent: Sent, ...partitions: object[]): Promise<void> {
  const responses = [{ topic: '', topicId: 'id-of-t', partitions }]
  return sent.answer({ errorCode: 0, sessionId: 77, responses, nodeEndpoints: [] })
}

function asked(sent: Sent): string {
  const { topics } = sent.request as FetchRequest
  const of = topics.flatMap(({ partitions }) => partitions)
  return of.map(({ partition, fetchOffset }) => `${partition}@${fetchOffset}`).join(' ')
}

/** Opens when the test says so; each piece is worth it. */
class HeldOpener extends BatchOpener {
  readonly asked: (readonly CompressedRecords[])[] = []
  isClosed = false
  #ends: (() => void)[] = []

  override isWorth(records: readonly CompressedRecords[]): boolean {
    return records.length > 0
  }

  override async open(_: Buffer, records: readonly CompressedRecords[]): Promise<OpenedRecords> {
    this.asked.push(records)
    await new Promise<void>((resolve) => this.#ends.push(resolve))
    return new Map()
  }

  override close(): void {
    this.isClosed = true
  }

  async end(): Promise<void> {
    for (const end of this.#ends.splice(0)) end()
    await settled()
  }
}

describe('compressed pieces that are opened on a thread', () => {
  let opener: HeldOpener
  const compression = {
    compress: (_: number, bytes: Uint8Array) => gzip.compress(bytes),
    decompress: (_: number, bytes: Uint8Array) => gzip.decompress(bytes, 1_000),
  }
  const records = [{ timestamp: 1, key: null, value: Buffer.from('v') }]
  const compressed = encodeBatch(newBatch(records, { attributes: 1 }), compression)

  beforeEach(() => {
    opener = new HeldOpener()
    const settings = settingsWith()
    fetcher = new Fetcher(played.cluster, positions, settings, () => void news++, opener)
  })

  it('are ready when they are open, and others before', async () => {
    const [first] = assign(0, 1)
    send()
    await answer(played.next('Fetch'), data(0, compressed), data(1, batch(0)))
    expect(opener.asked).toHaveLength(1)
    expect(fetcher.take()?.position.partition).toBe(1)
    expect(fetcher.take()).toBe(undefined)
    // Until then the broker is not asked again, and so never twice for the same records.
    send()
    expect(played.sent).toEqual([])
    await opener.end()
    const piece = fetcher.take()
    expect(piece?.position).toBe(first)
    expect(piece?.advance()).toBe(true)
    expect(String(piece?.reader.value)).toBe('v')
    send()
    expect(asked(played.next('Fetch'))).toBe('0@1 1@1')
  })

  it('are dropped when somebody sought meanwhile, or closed', async () => {
    const [first] = assign(0)
    send()
    await answer(played.next('Fetch'), data(0, compressed))
    if (first !== undefined) positions.seek(first, { offset: 7, leaderEpoch: -1 })
    await opener.end()
    expect(fetcher.take()).toBe(undefined)
    expect(first?.fetchOffset).toBe(7)
    send()
    await answer(played.next('Fetch'), data(0, compressed))
    fetcher.close()
    expect(opener.isClosed).toBe(true)
    await opener.end()
    expect(fetcher.take()).toBe(undefined)
  })
})

describe('fetching', () => {
  it('asks each leader once, for all that it leads', () => {
    assign(0, 1, 2)
    send()
    send()
    const [first, second] = [played.next('Fetch'), played.next('Fetch')]
    expect([first.node, asked(first)]).toEqual([1, '0@0 1@0'])
    expect([second.node, asked(second)]).toEqual([2, '2@0'])
    expect(played.sent).toEqual([])
    expect(first.channel).toBe('fetch')
    expect(first.timeoutMs).toBe(30_500)
    expect(first.request).toMatchObject({ maxWaitMs: 500, minBytes: 1, sessionEpoch: 0 })
    expect((first.request as FetchRequest).topics[0]).toMatchObject({
      topic: '',
      topicId: 'id-of-t',
    })
  })

  it('names topics where the broker knows no ids, and takes an answer by name', async () => {
    played.version = 12
    const [position] = assign(2)
    send()
    const sent = played.next('Fetch')
    expect((sent.request as FetchRequest).topics[0]?.topic).toBe('t')
    const responses = [{ topic: 't', topicId: '', partitions: [data(2, batch(0))] }]
    await sent.answer({ errorCode: 0, sessionId: 0, responses, nodeEndpoints: [] })
    expect(fetcher.take()?.position).toBe(position)
  })

  it('goes on behind what came, with one piece waiting at most', async () => {
    const [position] = assign(0)
    send()
    await answer(played.next('Fetch'), data(0, batch(0, 3)))
    expect(position).toMatchObject({
      fetchOffset: 3,
      fetchEpoch: 5,
      highWatermark: 100,
      position: 0,
    })
    send()
    expect(played.sent).toEqual([])
    expect(fetcher.take()?.endOffset).toBe(3)
    send()
    const next = played.next('Fetch')
    expect(asked(next)).toBe('0@3')
    await answer(next, data(0, batch(3)))
    send()
    expect(played.sent).toEqual([])
    expect(fetcher.counts.fetches).toBe(2)
    expect(news).toBeGreaterThan(1)
  })

  it('does not let the broker wait for one partition while another is full', async () => {
    assign(0, 1)
    send()
    await answer(played.next('Fetch'), data(0, batch(0)))
    send()
    const { request } = played.next('Fetch')
    expect(request).toMatchObject({ maxWaitMs: 0, sessionEpoch: 1 })
    expect((request as FetchRequest).forgottenTopicsData).toHaveLength(1)
  })

  it('leaves paused partitions alone, what waits of them included', async () => {
    const [first, second] = assign(0, 1) as [PartitionPosition, PartitionPosition]
    send()
    await answer(played.next('Fetch'), data(0, batch(0)), data(1, batch(0)))
    first.isPaused = true
    expect(fetcher.take()?.position).toBe(second)
    expect(fetcher.take()).toBe(undefined)
    first.isPaused = false
    expect(fetcher.take()?.position).toBe(first)
  })

  it('drops what nobody wants any more', async () => {
    const [first, second] = assign(0, 1) as [PartitionPosition, PartitionPosition]
    send()
    const sent = played.next('Fetch')
    positions.seek(first, { offset: 9, leaderEpoch: -1 })
    await answer(sent, data(0, batch(0)), data(1, batch(0)))
    expect(first.fetchOffset).toBe(9)
    positions.assign([first])
    expect(fetcher.take()).toBe(undefined)
    positions.assign([second])
    expect(fetcher.take()).toBe(undefined)
  })

  it("asks at once behind a seek: what had come is in nobody's way", async () => {
    const [position] = assign(0) as [PartitionPosition]
    send()
    await answer(played.next('Fetch'), data(0, batch(0)))
    positions.seek(position, { offset: 9, leaderEpoch: -1 })
    send()
    expect(asked(played.next('Fetch'))).toBe('0@9')
  })

  it('has plenty until half of many is taken, something new came or time passed', async () => {
    const count = 40
    const plenty = () => fetcher.hasPlenty(played.time.monotonicMs())
    played.lead('t', ...Array.from({ length: count }, (): [number, number] => [1, 5]))
    assign(...Array.from({ length: count }, (_, at) => at))
    send()
    const pieces = Array.from({ length: count }, (_, at) => data(at, batch(0)))
    await answer(played.next('Fetch'), ...pieces)
    expect(plenty()).toBe(false)
    send()
    for (let left = count; left > count / 2; left--) {
      expect(plenty()).toBe(true)
      fetcher.take()
    }
    expect(plenty()).toBe(false)
    send()
    expect(plenty()).toBe(true)
    await answer(played.next('Fetch'))
    expect(plenty()).toBe(false)
    send()
    expect(plenty()).toBe(true)
    played.time.pass(100)
    expect(plenty()).toBe(false)
  })

  it('waits for a leader where there is none', () => {
    played.lead('t', [-1, 6])
    assign(0)
    send()
    expect(played.sent).toEqual([])
    expect(played.refreshes).toBe(1)
  })

  it('waits for the new leader to be compared', () => {
    const [position] = assign(0) as [PartitionPosition]
    positions.leaderChanged(position, 5)
    position.fetchEpoch = 5
    played.lead('t', [2, 6])
    send()
    expect(position.state).toBe('validating')
    expect(played.sent).toEqual([])
  })
})

describe('a replica nearby', () => {
  it('is read instead of the leader, until it is not to be had', async () => {
    begin({ clientRack: 'r2', metadataMaxAgeMs: 1_000 })
    const [position] = assign(0) as [PartitionPosition]
    send()
    const first = played.next('Fetch')
    expect((first.request as FetchRequest).rackId).toBe('r2')
    await answer(first, data(0, null, { preferredReadReplica: 2 }))
    send()
    const second = played.next('Fetch')
    expect(second.node).toBe(2)
    await answer(second, data(0, null, { errorCode: ErrorCode.OFFSET_OUT_OF_RANGE }))
    expect(position.state).toBe('ready')
    send()
    expect(played.next('Fetch').node).toBe(1)
  })

  it('that lags does not reset the position, whoever is preferred meanwhile', async () => {
    const [position] = assign(0) as [PartitionPosition]
    send()
    await answer(played.next('Fetch'), data(0, null, { preferredReadReplica: 2 }))
    send()
    const sent = played.next('Fetch')
    position.preferredReplica = 3
    await answer(sent, data(0, null, { errorCode: ErrorCode.OFFSET_OUT_OF_RANGE }))
    expect(position.state).toBe('ready')
  })

  it('that answers late does not bring again what came from elsewhere', async () => {
    const [position] = assign(0) as [PartitionPosition]
    send()
    const late = played.next('Fetch')
    position.preferredReplica = 2
    position.preferredUntilMs = Infinity
    send()
    await answer(played.next('Fetch'), data(0, batch(0, 3)))
    await answer(late, data(0, batch(0, 2)))
    expect(position.fetchOffset).toBe(3)
    expect([fetcher.take()?.endOffset, fetcher.take()]).toEqual([3, undefined])
  })

  it('is asked for again when the metadata is old', async () => {
    begin({ metadataMaxAgeMs: 1_000 })
    assign(0)
    send()
    await answer(played.next('Fetch'), data(0, null, { preferredReadReplica: 2 }))
    played.time.pass(1_000)
    send()
    expect(played.next('Fetch').node).toBe(1)
  })
})

describe('errors', () => {
  it.each([
    ErrorCode.NOT_LEADER_OR_FOLLOWER,
    ErrorCode.FENCED_LEADER_EPOCH,
    ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
    ErrorCode.UNKNOWN_LEADER_EPOCH,
    ErrorCode.KAFKA_STORAGE_ERROR,
  ])('%i of a partition ask for metadata, and it is tried again later', async (errorCode) => {
    assign(0)
    send()
    await answer(played.next('Fetch'), data(0, null, { errorCode }))
    fetcher.throwFailure()
    expect(played.refreshes).toBeGreaterThan(0)
    const retryMs = send()
    expect(played.sent).toEqual([])
    played.time.pass(retryMs - played.time.monotonicMs())
    send()
    expect(played.sent).toHaveLength(1)
  })

  it('tell of the leader that an answer names', async () => {
    assign(0)
    send()
    const currentLeader = { leaderId: 2, leaderEpoch: 6 }
    const errorCode = ErrorCode.NOT_LEADER_OR_FOLLOWER
    await answer(played.next('Fetch'), data(0, null, { errorCode, currentLeader }))
    expect(played.learned).toEqual([{ topic: 't', partition: 0, leader: 2, leaderEpoch: 6 }])
  })

  it('that nothing helps against are thrown, once', async () => {
    assign(0)
    send()
    const errorCode = ErrorCode.TOPIC_AUTHORIZATION_FAILED
    await answer(played.next('Fetch'), data(0, null, { errorCode }))
    expect(() => fetcher.throwFailure()).toThrow(ProtocolError)
    fetcher.throwFailure()
  })

  it('of the range reset the partition, or are thrown', async () => {
    const [position] = assign(0)
    send()
    const errorCode = ErrorCode.OFFSET_OUT_OF_RANGE
    await answer(played.next('Fetch'), data(0, null, { errorCode }))
    expect(position?.state).toBe('resetting')
    begin({ autoOffsetReset: 'none' })
    assign(0)
    send()
    await answer(played.next('Fetch'), data(0, null, { errorCode }))
    expect(() => fetcher.throwFailure()).toThrow('t-0 at offset 0')
  })

  it('of the range wait until all that was fetched is handed out', async () => {
    const [position] = assign(0) as [PartitionPosition]
    send()
    await answer(played.next('Fetch'), data(0, batch(0, 2)))
    const piece = fetcher.take()
    expect(piece?.advance()).toBe(true)
    send()
    const errorCode = ErrorCode.OFFSET_OUT_OF_RANGE
    await answer(played.next('Fetch'), data(0, null, { errorCode }))
    expect([position.state, piece?.isCurrent]).toEqual(['ready', true])
    send()
    expect(played.sent).toEqual([])
    while (piece?.advance()) expect(position.position).toBe(2)
    news = 0
    send()
    expect([position.state, news]).toEqual(['resetting', 1])
  })

  it('of the range that nobody waits for any more are forgotten', async () => {
    const [position] = assign(0) as [PartitionPosition]
    send()
    await answer(played.next('Fetch'), data(0, batch(0, 2)))
    fetcher.take()
    send()
    const errorCode = ErrorCode.OFFSET_OUT_OF_RANGE
    await answer(played.next('Fetch'), data(0, null, { errorCode }))
    positions.seek(position, { offset: 0, leaderEpoch: -1 })
    send()
    expect(asked(played.next('Fetch'))).toBe('0@0')
    expect(position.state).toBe('ready')
  })

  it('of all that was asked for wait before the next try', async () => {
    assign(0)
    send()
    const answerOf = (errorCode: number): object => {
      return { errorCode, sessionId: 0, responses: [], nodeEndpoints: [] }
    }
    await played.next('Fetch').answer(answerOf(ErrorCode.UNKNOWN_TOPIC_ID))
    expect(played.refreshes).toBe(1)
    expect(send()).toBeGreaterThan(played.time.monotonicMs())
    expect(played.sent).toEqual([])
    played.time.pass(200)
    send()
    // A session that is refused again and again waits, too.
    await played.next('Fetch').answer(answerOf(ErrorCode.INVALID_FETCH_SESSION_EPOCH))
    expect(send()).toBeGreaterThan(played.time.monotonicMs())
    expect(played.sent).toEqual([])
  })

  it('of a session begin another one, with everything', async () => {
    assign(0)
    send()
    await answer(played.next('Fetch'), data(0, null))
    send()
    const second = played.next('Fetch')
    expect(second.request).toMatchObject({ sessionId: 77, sessionEpoch: 1 })
    const errorCode = ErrorCode.FETCH_SESSION_ID_NOT_FOUND
    await second.answer({ errorCode, sessionId: 0, responses: [], nodeEndpoints: [] })
    send()
    const third = played.next('Fetch')
    expect(third.request).toMatchObject({ sessionId: 0, sessionEpoch: 0 })
    expect(asked(third)).toBe('0@0')
  })

  it('of a connection close the session, and wait before the next try', async () => {
    assign(0)
    send()
    await answer(played.next('Fetch'), data(0, null))
    send()
    await played.next('Fetch').fail(new NetworkError('gone'))
    fetcher.throwFailure()
    expect(send()).toBeGreaterThan(played.time.monotonicMs())
    played.time.pass(200)
    send()
    expect(played.next('Fetch').request).toMatchObject({ sessionId: 77, sessionEpoch: 0 })
  })

  it('that are ours are not hidden', async () => {
    assign(0)
    send()
    await played.next('Fetch').fail(new TypeError('a bug'))
    expect(() => fetcher.throwFailure()).toThrow('a bug')
  })

  it('a batch that is larger than an answer is told', async () => {
    assign(0)
    send()
    await answer(played.next('Fetch'), data(0, batch(0).subarray(0, 30)))
    expect(() => fetcher.throwFailure()).toThrow('larger than what was fetched')
  })
})

it('does nothing once it is closed', async () => {
  assign(0)
  send()
  fetcher.close()
  await answer(played.next('Fetch'), data(0, batch(0)))
  send()
  expect(played.sent).toEqual([])
})
