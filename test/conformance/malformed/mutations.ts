import { type Random, randomBelow } from '../../../src/base/random.ts'

/** Where a request's fields begin: behind size, key, version and correlation id. */
const bodyAt = 12
const edgeSizes = [0, 1, 3, -1, -2147483648, 2147483647, 104857600, 104857601, 1 << 20]
const edgeCounts = [0x7fffffff, 0xffffffff, 0xfffffffe, 0x80000000, 1_000_001, 65_536]
const longVarints = [
  [0xff, 0xff, 0xff, 0xff, 0x0f],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
  [0x80, 0x80, 0x80, 0x80, 0x80, 0x80],
]

/** Turns a valid frame (with its size) into another sequence of bytes. */
export type Mutation = (frame: Buffer, random: Random) => Buffer

/** Every mutation by its name, as failures report it. */
export const mutations: Readonly<Record<string, Mutation>> = {
  flipBits: (frame, random) => flipBits(frame, 0, random),
  flipBodyBits: (frame, random) => flipBits(frame, bodyAt, random),
  truncate: (frame, random) => frame.subarray(0, randomBelow(random, frame.length)),
  truncateAndResize: (frame, random) =>
    resized(frame.subarray(0, 4 + randomBelow(random, frame.length - 4))),
  lieAboutSize: (frame, random) => {
    const lie = randomBelow(random, edgeSizes.length + 1)
    const size = edgeSizes[lie] ?? frame.length - 4 + randomBelow(random, 9) - 4
    return patched(frame, (copy) => copy.writeInt32BE(size, 0))
  },
  hugeCount: (frame, random) =>
    patched(frame, (copy) => {
      const room = copy.length - 4
      const at = Math.min(bodyAt + randomBelow(random, Math.max(room - bodyAt, 1)), room)
      copy.writeUInt32BE(pick(edgeCounts, random), at)
    }),
  hugeVarint: (frame, random) => {
    const at = Math.min(bodyAt + randomBelow(random, frame.length - bodyAt + 1), frame.length)
    const parts = [frame.subarray(0, at), Buffer.from(pick(longVarints, random))]
    return resized(Buffer.concat([...parts, frame.subarray(at + 1)]))
  },
  duplicateChunk: (frame, random) => {
    const [from, to] = chunk(frame, random)
    return resized(Buffer.concat([frame.subarray(0, to), frame.subarray(from)]))
  },
  deleteChunk: (frame, random) => {
    const [from, to] = chunk(frame, random)
    return resized(Buffer.concat([frame.subarray(0, from), frame.subarray(to)]))
  },
  insertNoise: (frame, random) => {
    const at = bodyAt + randomBelow(random, frame.length - bodyAt + 1)
    const parts = [frame.subarray(0, at), noise(1 + randomBelow(random, 40), random)]
    return resized(Buffer.concat([...parts, frame.subarray(at)]))
  },
  anotherVersion: (frame, random) =>
    patched(frame, (copy) => copy.writeInt16BE(randomBelow(random, 24) - 2, 6)),
  wildVersion: (frame, random) =>
    patched(frame, (copy) => copy.writeUInt16BE(randomBelow(random, 65_536), 6)),
  anotherApi: (frame, random) =>
    patched(frame, (copy) => copy.writeInt16BE(randomBelow(random, 100) - 2, 4)),
  wildApi: (frame, random) =>
    patched(frame, (copy) => copy.writeUInt16BE(randomBelow(random, 65_536), 4)),
  onlyNoise: (_, random) => {
    const body = noise(1 + randomBelow(random, 200), random)
    return resized(Buffer.concat([Buffer.alloc(4), body]))
  },
  trailingBytes: (frame, random) =>
    resized(Buffer.concat([frame, noise(1 + randomBelow(random, 20), random)])),
  whole: (frame) => frame,
}

/** One of the items. */
export function pick<T>(items: readonly T[], random: Random): T {
  return items[randomBelow(random, items.length)] as T
}

/** That many random bytes. */
export function noise(length: number, random: Random): Buffer {
  return Buffer.from(Array.from({ length }, () => random.uint32() & 0xff))
}

function flipBits(frame: Buffer, from: number, random: Random): Buffer {
  return patched(frame, (copy) => {
    for (let left = 1 + randomBelow(random, 8); left > 0; left--) {
      const at = Math.min(from + randomBelow(random, copy.length - from), copy.length - 1)
      copy[at] = (copy[at] ?? 0) ^ (1 << randomBelow(random, 8))
    }
  })
}

function patched(frame: Buffer, patch: (copy: Buffer) => void): Buffer {
  const copy = Buffer.from(frame)
  patch(copy)
  return copy
}

/** The same bytes with a size that is right for them. */
function resized(frame: Buffer): Buffer {
  return patched(frame, (copy) => copy.writeInt32BE(copy.length - 4, 0))
}

function chunk(frame: Buffer, random: Random): [from: number, to: number] {
  const from = bodyAt + randomBelow(random, frame.length - bodyAt)
  return [from, from + 1 + randomBelow(random, frame.length - from)]
}
