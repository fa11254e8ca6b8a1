import { describe, expect, it } from 'vitest'
import { LoadedCodecs } from '../../src/cleaner/loaded-codecs.ts'
import type { LogToClean } from '../../src/cleaner/log-to-clean.ts'
import { type MappedKeys, mapKeys } from '../../src/cleaner/map-keys.ts'
import { OffsetMap } from '../../src/cleaner/offset-map.ts'
import { type Step, TestLog } from './fixture.ts'

const data = (producer: number, ...keys: (number | null)[]): Step => ({
  kind: 'data',
  producer,
  records: keys.map((key) => ({ key, value: 1 })),
  codec: 0,
  appendTime: false,
})
const end = (producer: number, commit: boolean): Step => ({
  kind: 'end',
  producer,
  commit,
  bump: false,
})

/** Where the batches begin in the only sealed segment of this log. */
function positionOf(log: TestLog, offset: number): number {
  const before = log.batches.filter((batch) => batch.baseOffset + batch.lastOffsetDelta < offset)
  return before.reduce((sum, batch) => sum + batch.bytes, 0)
}

/** Offsets by key, after a reading from `dirty` on that begins where the index says. */
async function mapped(
  log: TestLog,
  dirty: number,
  changed: Partial<LogToClean> = {},
  memoryBytesMax = 10_000,
): Promise<{ result: MappedKeys; found: Record<string, number> }> {
  log.firstDirtyOffset = dirty
  const toClean = log.toClean()
  const map = new OffsetMap({ memoryBytesMax, loadFactor: 0.9, keysMax: 100 })
  const segments = toClean.segments.map((segment) => ({
    ...segment,
    positionOf: (offset: number) => Promise.resolve(positionOf(log, offset)),
  }))
  const result = await mapKeys({
    log: { ...toClean, segments, ...changed },
    map,
    buffer: { bytes: new Uint8Array(100) },
    codecs: new LoadedCodecs(),
    openedBytesMax: 1000,
    proceed: () => Promise.resolve(true),
  })
  const found: Record<string, number> = {}
  for (let key = 0; key < 10; key++) {
    const offset = map.get(Buffer.from(`key-${key}`))
    if (offset >= 0) found[key] = offset
  }
  return { result, found }
}

const roll: Step = { kind: 'roll' }

describe('the keys of a dirty range', () => {
  it('have their last offsets, null keys and markers none', async () => {
    const log = TestLog.written([data(0, 1, 2, null, 1), data(3, 2), end(3, true), roll])
    const { result, found } = await mapped(log, 0)
    expect(result).toEqual({ kind: 'mapped', endOffset: 6 })
    expect(found).toEqual({ 1: 3, 2: 4 })
  })

  it('are those from the first dirty offset on, be it inside a batch', async () => {
    const log = TestLog.written([data(0, 1, 2), data(0, 3, 4, 5), data(0, 6), roll])
    expect((await mapped(log, 3)).found).toEqual({ 4: 3, 5: 4, 6: 5 })
  })

  it('are not those of a transaction that was aborted, wherever it began', async () => {
    const steps = [data(3, 1), data(0, 2), data(3, 2), end(3, false), data(3, 4), end(3, true)]
    const log = TestLog.written([...steps, roll])
    for (const dirty of [0, 1, 2]) {
      expect((await mapped(log, dirty)).found).toEqual({ ...(dirty < 2 ? { 2: 1 } : {}), 4: 4 })
    }
  })

  it('are those of a transaction that follows an aborted one of the same producer', async () => {
    const log = TestLog.written([data(3, 1), end(3, false), data(3, 2), end(3, true), roll])
    expect((await mapped(log, 2)).found).toEqual({ 2: 2 })
  })

  it('end where the map is full', async () => {
    const log = TestLog.written([data(0, 1, 2, 1, 3), data(0, 1), roll])
    const { result, found } = await mapped(log, 0, {}, 3 * 24)
    expect(found).toEqual({ 1: 2, 2: 1 })
    expect(result).toEqual({ kind: 'mapped', endOffset: 3 })
  })

  it('of segments before the range are not read', async () => {
    const log = TestLog.written([data(0, 1), roll, data(0, 2), roll])
    const refuse = (): Promise<never> => Promise.reject(new Error('not to be read'))
    log.firstDirtyOffset = 1
    const [first, second] = log.toClean().segments
    const segments = [{ ...first!, read: refuse }, second!]
    expect((await mapped(log, 1, { segments })).found).toEqual({ 2: 1 })
  })
})
