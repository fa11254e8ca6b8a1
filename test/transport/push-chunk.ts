import type { FrameAssembler } from '../../src/transport/frame-assembler.ts'

/**
 * Puts bytes that lie elsewhere into an assembler, as a socket would that reads into its room.
 * Returns the frames that they complete, or undefined when the peer broke the framing; the
 * assembler is of no use then.
 */
export function pushChunk(assembler: FrameAssembler, chunk: Uint8Array): Buffer[] | undefined {
  const frames: Buffer[] = []
  for (let at = 0; at < chunk.length; ) {
    const room = assembler.room()
    const count = Math.min(room.length, chunk.length - at)
    room.set(chunk.subarray(at, at + count))
    const completed = assembler.filled(count)
    if (completed === undefined) return undefined
    frames.push(...completed)
    at += count
  }
  return frames
}
