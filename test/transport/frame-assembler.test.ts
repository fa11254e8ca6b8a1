import { expect, test } from 'vitest'
import { FrameAssembler } from '../../src/transport/frame-assembler.ts'

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
      const frames = assembler.push(stream.subarray(at, at + step))
      for (const frame of frames ?? []) got.push(frame.toString())
    }
    expect(got).toEqual(bodies)
  }
})

test('a length beyond the limit or below zero ends the stream at once', () => {
  const tooLong = Buffer.alloc(4)
  tooLong.writeInt32BE(101)
  expect(new FrameAssembler(100).push(tooLong)).toBeUndefined()
  expect(new FrameAssembler(100).push(Buffer.alloc(4, 0xff))).toBeUndefined()
  expect(new FrameAssembler(100).push(Buffer.from([0, 0, 0]))).toEqual([])
})
