import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FrameAssembler } from '../../src/transport/frame-assembler.ts'
import { pushChunk } from './push-chunk.ts'

function framed(...bodies: string[]): Buffer {
  return Buffer.concat(
    bodies.map((body) => {
      const frame = Buffer.alloc(4 + body.length)
      frame.writeInt32BE(body.length)
      frame.write(body, 4)
      return frame
    }),
  )
}

test('frames come out whole, wherever the stream was cut', () => {
  const bodies = ['one', '', 'three and more', 'x']
  const stream = framed(...bodies)
  for (let step = 1; step <= stream.length; step++) {
    const assembler = new FrameAssembler(100)
    const got: string[] = []
    for (let at = 0; at < stream.length; at += step) {
      const frames = pushChunk(assembler, stream.subarray(at, at + step))
      for (const frame of frames ?? []) got.push(frame.toString())
    }
    expect(got).toEqual(bodies)
  }
})

test('a length beyond the limit or below zero ends the stream at once', () => {
  const tooLong = Buffer.alloc(4)
  tooLong.writeInt32BE(101)
  expect(pushChunk(new FrameAssembler(100), tooLong)).toBeUndefined()
  expect(pushChunk(new FrameAssembler(100), Buffer.alloc(4, 0xff))).toBeUndefined()
  expect(pushChunk(new FrameAssembler(100), Buffer.from([0, 0, 0]))).toEqual([])
})

test('any frames, cut anywhere, come out as they went in, and not a byte too early', () => {
  const bodies = fc.array(fc.uint8Array({ maxLength: 30 }), { maxLength: 12 })
  const steps = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 })
  fc.assert(
    fc.property(bodies, steps, (sent, sizes) => {
      const stream = Buffer.concat(
        sent.map((body) => Buffer.concat([Buffer.of(0, 0, 0, body.length), body])),
      )
      const ends = sent.map((_, at) =>
        sent.slice(0, at + 1).reduce((end, body) => end + 4 + body.length, 0),
      )
      const assembler = new FrameAssembler(30)
      const got: Buffer[] = []
      for (let at = 0, step = 0; at < stream.length; step++) {
        const size = sizes[step % sizes.length] ?? 1
        // As from a socket: each chunk is memory of its own.
        got.push(...(pushChunk(assembler, Buffer.from(stream.subarray(at, at + size))) ?? []))
        at += size
        expect(got.length).toBe(ends.filter((end) => end <= at).length)
      }
      expect(got.map((frame) => [...frame])).toEqual(sent.map((body) => [...body]))
    }),
  )
})

test('a length that nobody may hold is told wherever in the stream it stands', () => {
  const length = fc.oneof(fc.integer({ min: 31, max: 2 ** 31 - 1 }), fc.integer({ max: -1 }))
  fc.assert(
    fc.property(fc.nat({ max: 4 }), length, fc.integer({ min: 1, max: 9 }), (before, bad, step) => {
      const wrong = Buffer.alloc(4)
      wrong.writeInt32BE(bad)
      const honest = framed(...Array.from({ length: before }, () => 'frame'))
      const stream = Buffer.concat([honest, wrong, Buffer.alloc(50)])
      const assembler = new FrameAssembler(30)
      let told = -1
      for (let at = 0; at < stream.length && told < 0; at += step) {
        if (pushChunk(assembler, stream.subarray(at, at + step)) === undefined) told = at + step
      }
      // With the chunk that completes it, before anything behind it is waited for.
      expect(told).toBe(Math.ceil((honest.length + 4) / step) * step)
    }),
  )
})

test('a large frame is read to where it stays, beside what came with its length', () => {
  const body = Buffer.alloc(300_000, 7)
  const length = Buffer.alloc(4)
  length.writeInt32BE(body.length)
  const assembler = new FrameAssembler(1_000_000)
  expect(pushChunk(assembler, Buffer.concat([length, body.subarray(0, 1000)]))).toEqual([])
  const room = assembler.room()
  // Exactly the rest: the next frame is not read into this one's memory.
  expect(room.length).toBe(body.length - 1000)
  room.set(body.subarray(1000))
  const [frame] = assembler.filled(room.length) ?? []
  expect(frame?.equals(body)).toBe(true)
  expect(frame?.buffer).toBe(room.buffer)
  expect(assembler.room().buffer).not.toBe(room.buffer)
})

test('what was handed out is never written to again', () => {
  const assembler = new FrameAssembler(100_000)
  const bodies = Array.from({ length: 200 }, (_, at) => String(at).padStart(1000, '0'))
  const frames = bodies.flatMap((body) => pushChunk(assembler, framed(body)) ?? [])
  expect(frames.map(String)).toEqual(bodies)
})
