import { describe, expect, it } from 'vitest'
import { BrokerConfig } from '../../../src/metadata/config/broker-config.ts'
import { topicSettings } from '../../../src/metadata/config/topic-settings.ts'
import type { LogConfig } from '../../../src/storage/log-store.ts'

const settings = (texts: Record<string, string>, broker: Record<string, string> = {}) =>
  topicSettings(new Map(Object.entries(texts)), new BrokerConfig(new Map(Object.entries(broker))))

describe('topicSettings', () => {
  it('has the shape of the storage port', () => {
    const config: LogConfig = settings({})
    expect(config).toMatchObject({
      segmentBytes: 1_073_741_824,
      segmentMs: 604_800_000,
      segmentJitterMs: 0,
      segmentIndexBytes: 10_485_760,
      indexIntervalBytes: 4096,
      flushMessages: 1,
      flushMs: Infinity,
      producerIdExpirationMs: 86_400_000,
      maxMessageBytes: 1_048_588,
      compacted: false,
      logAppendTime: false,
      timestampBeforeMaxMs: Infinity,
      timestampAfterMaxMs: 3_600_000,
      targetCodec: -1,
      targetLevel: 0,
      openCompressed: false,
    })
  })

  it('seals segments of a compacted topic as early as they have to be compacted', () => {
    const lag = { 'max.compaction.lag.ms': '5000' }
    const compact = { ...lag, 'cleanup.policy': 'compact' }
    expect(settings(compact).segmentMs).toBe(5000)
    expect(settings({ ...compact, 'segment.ms': '700' }).segmentMs).toBe(700)
    expect(settings(lag).segmentMs).toBe(604_800_000)
    expect(settings({ 'cleanup.policy': 'compact' }).segmentMs).toBe(604_800_000)
  })

  it('knows what retention and compaction need', () => {
    expect(settings({ 'retention.ms': '-1', 'retention.bytes': '7' })).toMatchObject({
      deleted: true,
      retentionMs: Infinity,
      retentionBytes: 7,
      minInsyncReplicas: 1,
      fileDeleteDelayMs: 60_000,
    })
    expect(settings({ 'cleanup.policy': 'compact,delete' })).toMatchObject({
      compacted: true,
      deleted: true,
    })
    expect(settings({ 'cleanup.policy': '' })).toMatchObject({ compacted: false, deleted: false })
  })

  it.each<[Record<string, string>, Record<string, string>, number, boolean]>([
    [{}, {}, -1, false],
    [{ 'compression.type': 'uncompressed' }, {}, 0, true],
    [{ 'compression.type': 'zstd' }, {}, 4, true],
    [{}, { 'compression.type': 'lz4' }, 3, true],
    [{ 'cleanup.policy': 'compact' }, {}, -1, true],
    [{ 'odradek.validate.compressed': 'full' }, {}, -1, true],
    [{}, { 'odradek.validate.compressed': 'full' }, -1, true],
    [
      { 'odradek.validate.compressed': 'header' },
      { 'odradek.validate.compressed': 'full' },
      -1,
      false,
    ],
  ])('%j %j', (texts, broker, targetCodec, openCompressed) => {
    expect(settings(texts, broker)).toMatchObject({ targetCodec, openCompressed })
  })

  it.each<[Record<string, string>, Record<string, string>, number]>([
    [{ 'compression.type': 'gzip' }, {}, -1],
    [{ 'compression.type': 'gzip', 'compression.gzip.level': '9' }, {}, 9],
    [{ 'compression.type': 'zstd' }, {}, 3],
    [{}, { 'compression.type': 'zstd', 'compression.zstd.level': '-5' }, -5],
    [{ 'compression.zstd.level': '7' }, { 'compression.type': 'zstd' }, 7],
    [{ 'compression.type': 'lz4', 'compression.lz4.level': '12' }, {}, 0],
    [{ 'compression.type': 'snappy', 'compression.gzip.level': '9' }, {}, 0],
    [{ 'compression.gzip.level': '9' }, {}, 0],
  ])('level of %j %j', (texts, broker, targetLevel) => {
    expect(settings(texts, broker)).toMatchObject({ targetLevel })
  })

  it("takes Kafka's page-cache mode from the broker", () => {
    const pageCache = { 'log.flush.interval.messages': '9223372036854775807' }
    expect(settings({}, pageCache).flushMessages).toBe(Infinity)
    expect(settings({ 'flush.messages': '5' }, pageCache).flushMessages).toBe(5)
    expect(settings({}, { 'log.flush.interval.ms': '100' }).flushMs).toBe(100)
  })

  it('lets the internal segment size win, which has no lower bound', () => {
    expect(settings({ 'internal.segment.bytes': '100' }).segmentBytes).toBe(100)
  })
})
