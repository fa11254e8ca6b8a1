import { describe, expect, it } from 'vitest'
import { codecNames, loadCodec } from '../../src/compression/index.ts'
import { readStoredBatches } from '../../src/coordinator/stored-batches.ts'
import { encodeBatch, newBatch } from '../../src/protocol/record-batch.ts'
import { GroupFixture } from './group/group-fixture.ts'

const record = { timestamp: 1, key: Buffer.from('key'), value: Buffer.alloc(1000, 'x') }

/** One record as a batch, compressed by a codec; 0 for none. */
async function batch(codec: number, records = [record]): Promise<Uint8Array> {
  const plain = newBatch(records, { attributes: codec })
  if (codec === 0) return encodeBatch(plain)
  const { compress } = await loadCodec(codec)
  return encodeBatch(plain, { compress: (_, bytes) => compress(bytes), decompress: () => none })
}

const none = new Uint8Array(0)

describe('batches of a coordinator', () => {
  it('are read in any mix of codecs', async () => {
    const all = await Promise.all(codecNames.map((_, codec) => batch(codec)))
    const { value } = await readStoredBatches(Buffer.concat([...all, ...all]))
    expect(value?.batches.map(({ attributes }) => attributes)).toEqual([
      0, 1, 2, 3, 4, 0, 1, 2, 3, 4,
    ])
    for (const { records } of value?.batches ?? []) {
      expect(
        records.map(({ key, value: found }) => [`${Buffer.from(key ?? none)}`, found?.length]),
      ).toEqual([['key', 1000]])
    }
  })

  it('that end in the middle of one are read up to there', async () => {
    const [whole, cut] = [await batch(1), await batch(4)]
    const range = Buffer.concat([whole, cut.subarray(0, cut.length - 1)])
    const { value } = await readStoredBatches(range)
    expect([value?.batches.length, value?.bytesRead]).toEqual([1, whole.length])
    expect((await readStoredBatches(none)).value?.batches).toEqual([])
  })

  it('of a codec that does not exist, or broken, are told of', async () => {
    const unknown = encodeBatch(newBatch([record], { attributes: 5 }), {
      compress: (_, bytes) => bytes,
      decompress: () => none,
    })
    expect((await readStoredBatches(unknown)).error).toBe(
      'at byte 0: there is no compression codec 5',
    )
    const broken = encodeBatch(newBatch([record], { attributes: 1 }), {
      compress: () => Buffer.from('no gzip'),
      decompress: () => none,
    })
    expect((await readStoredBatches(broken)).error).toMatch(/at byte 0: .*codec 1: .*gzip/)
  })

  it('give the groups back that Apache Kafka compressed', async () => {
    const before = await GroupFixture.start()
    await before.commit('g', 5)
    const stored = await before.log.read(0, 1 << 20, 'logEndOffset')
    const { value } = await readStoredBatches(stored)
    const [plain] = value?.batches ?? []
    if (plain === undefined) throw new Error('a commit writes a batch')
    const { compress } = await loadCodec(1)
    const compressed = encodeBatch(
      { ...plain, attributes: 1 },
      { compress: (_, bytes) => compress(bytes), decompress: () => none },
    )
    const after = await GroupFixture.start()
    after.log.append(compressed)
    expect(await after.committed('g')).toBe(5)
    expect(after.unreadable).toEqual([])
  })
})
