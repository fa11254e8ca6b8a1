import { describe, expect, it } from 'vitest'
import { rangeAssignor } from '../../../src/client/consumer/assignor/range.ts'
import { consumerSettings } from '../../../src/client/consumer/consumer-options.ts'
import { ConfigError } from '../../../src/client/error.ts'

function settings(options: object): ReturnType<typeof consumerSettings>['settings'] {
  return consumerSettings({ bootstrapServers: 'localhost:9092', ...options }).settings
}

describe('defaults', () => {
  it("are those of Kafka's Java client", () => {
    const made = settings({})
    expect(made).toMatchObject({
      groupId: null,
      groupInstanceId: null,
      autoCommitIntervalMs: 5_000,
      autoOffsetReset: 'latest',
      readCommitted: false,
      rackId: null,
      fetchMinBytes: 1,
      fetchMaxWaitMs: 500,
      fetchMaxBytes: 52_428_800,
      maxPartitionFetchBytes: 1_048_576,
      maxPollRecords: 500,
      maxPollIntervalMs: 300_000,
      sessionTimeoutMs: 45_000,
      heartbeatIntervalMs: 3_000,
      retryBackoff: { initialMs: 100, maxMs: 1_000 },
    })
    expect(made.partitionAssignors.map(({ name }) => name)).toEqual(['range', 'cooperative-sticky'])
    expect(typeof made.checksum).toBe('function')
  })

  it('give every consumer assignors of its own', () => {
    expect(settings({}).partitionAssignors[1]).not.toBe(settings({}).partitionAssignors[1])
  })
})

describe('options', () => {
  it('become settings', () => {
    const made = settings({
      enableAutoCommit: false,
      isolationLevel: 'read_committed',
      clientRack: 'east',
      checkCrcs: false,
      autoOffsetReset: { durationMs: 60_000 },
      partitionAssignors: ['sticky', { ...rangeAssignor(), name: 'mine' }],
    })
    expect(made.autoCommitIntervalMs).toBe(Infinity)
    expect(made.readCommitted).toBe(true)
    expect(made.rackId).toBe('east')
    expect(made.checksum).toBe(undefined)
    expect(made.autoOffsetReset).toEqual({ durationMs: 60_000 })
    expect(made.partitionAssignors.map(({ name }) => name)).toEqual(['sticky', 'mine'])
  })

  it.each([
    [{ groupID: 'g' }, "'groupId'"],
    [{ autoOffsetReset: 'oldest' }, "'earliest', 'latest', 'none'"],
    [{ autoOffsetReset: { durationMs: -1 } }, 'durationMs'],
    [{ partitionAssignors: [] }, 'partitionAssignors'],
    [{ partitionAssignors: ['fair'] }, 'cooperative-sticky'],
    [{ partitionAssignors: [{ name: 'x' }] }, 'name, protocols and assign'],
    [{ partitionAssignors: ['range', 'range'] }, 'different names'],
    [{ onDeserializeError: 'ignore' }, "'fail', 'skip' or a function"],
    [{ valueDeserializer: 'json' }, 'a function'],
    [{ maxPollRecords: 0 }, 'maxPollRecords'],
    [{ heartbeatIntervalMs: 45_000 }, 'less than sessionTimeoutMs'],
    [{ isolationLevel: 'serializable' }, 'read_committed'],
  ])('%o is refused with a way out', (options, part) => {
    expect(() => settings(options)).toThrow(ConfigError)
    expect(() => settings(options)).toThrow(part)
  })
})
