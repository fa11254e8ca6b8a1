import { describe, expect, it } from 'vitest'
import { BatchStream, type StreamBuffer } from '../../src/cleaner/batch-stream.ts'
import type { SealedSegment } from '../../src/cleaner/log-to-clean.ts'
import { encodeBatch, newBatch } from '../../src/protocol/record-batch.ts'
import { memorySegment } from './fixture.ts'

/** A batch of two records at this offset. */
function batch(baseOffset: number, valueBytes = 10): Uint8Array {
  const record = { timestamp: 1, key: Buffer.from('k'), value: Buffer.alloc(valueBytes, 'v') }
  return encodeBatch({ ...newBatch([record, record]), baseOffset })
}

const batches = [batch(5), batch(7, 300), batch(9), batch(20)]

function segmentOf(parts: readonly Uint8Array[], nextOffset = 100): SealedSegment {
  return memorySegment({ baseOffset: 5, bytes: Buffer.concat(parts) }, nextOffset)
}

async function readAll(
  segment: SealedSegment,
  buffer: StreamBuffer,
  position = 0,
): Promise<{ offsets: number[][]; bytes: Buffer; fault: string | null }> {
  const stream = new BatchStream(segment, buffer, position)
  const offsets: number[][] = []
  const parts: Buffer[] = []
  for (;;) {
    const found = await stream.next()
    if (found.length === 0) break
    offsets.push(found.map((one) => one.header.baseOffset))
    parts.push(...found.map((one) => Buffer.from(one.bytes)))
  }
  return { offsets, bytes: Buffer.concat(parts), fault: stream.fault }
}

describe('the batches of a segment', () => {
  it.each([12, 61, 100, 250, 700, 5000])(
    'come whole and in order through %d bytes',
    async (size) => {
      const { offsets, bytes, fault } = await readAll(segmentOf(batches), {
        bytes: new Uint8Array(size),
      })
      expect(fault).toBeNull()
      expect(offsets.flat()).toEqual([5, 7, 9, 20])
      expect(bytes.equals(Buffer.concat(batches))).toBe(true)
      expect(offsets.length).toBe(size >= 5000 ? 1 : offsets.length)
    },
  )

  it('let the buffer grow to the largest batch and no further', async () => {
    const buffer = { bytes: new Uint8Array(12) }
    await readAll(segmentOf(batches), buffer)
    expect(buffer.bytes.length).toBe(batches[1]!.length)
  })

  it('can begin in the middle', async () => {
    const buffer = { bytes: new Uint8Array(1000) }
    const { offsets } = await readAll(segmentOf(batches), buffer, batches[0]!.length)
    expect(offsets).toEqual([[7, 9, 20]])
  })

  it('are none in an empty segment', async () => {
    const { offsets, fault } = await readAll(segmentOf([]), { bytes: new Uint8Array(12) })
    expect([offsets, fault]).toEqual([[], null])
  })

  const edited = (at: number, edit: (view: DataView) => void): Uint8Array => {
    const bytes = Uint8Array.from(batches[1]!)
    edit(new DataView(bytes.buffer, at))
    return bytes
  }
  const middle = (bytes: Uint8Array): readonly Uint8Array[] => [batches[0]!, bytes, batches[2]!]
  it.each([
    ['a wrong checksum', middle(edited(70, (view) => view.setInt8(0, 1))), /checksum differs/],
    ['another magic', middle(edited(16, (view) => view.setInt8(0, 1))), /magic 1/],
    ['a negative length', middle(edited(8, (view) => view.setInt32(0, -5))), /length -5/],
    [
      'a length of a header cut short',
      middle(edited(8, (view) => view.setInt32(0, 48))),
      /length 48/,
    ],
    [
      'a length beyond the file',
      middle(edited(8, (view) => view.setInt32(0, 9999))),
      /10011 bytes/,
    ],
    ['an offset that stands still', middle(batch(6)), /offset 6 where at least 7/],
    ['an offset before the segment', [batch(4)], /offset 4 where at least 5/],
    ['an offset of the next segment', [batch(99)], /last offset 100 in a segment up to 100/],
    ['a batch that is cut off', [batches[0]!, batches[1]!.subarray(0, 100)], /where 100 are left/],
    ['bytes that are no batch', [batches[0]!, new Uint8Array(11)], /11 bytes are no batch/],
  ])('end at %s', async (_name, parts, fault) => {
    for (const size of [12, 5000]) {
      const found = await readAll(segmentOf(parts), { bytes: new Uint8Array(size) })
      expect(found.fault).toMatch(fault)
      const where = parts.length === 1 ? 0 : batches[0]!.length
      expect(found.fault).toContain(`byte ${where} of segment 5`)
    }
  })

  it('end where the file is shorter than it should be', async () => {
    const whole = segmentOf(batches)
    const short = { ...whole, sizeBytes: whole.sizeBytes + 50 }
    for (const size of [12, 5000]) {
      const { offsets, fault } = await readAll(short, { bytes: new Uint8Array(size) })
      expect(fault).toMatch(/the file ends after/)
      expect(offsets.flat()).toEqual([5, 7, 9, 20])
    }
  })
})
