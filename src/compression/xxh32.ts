import { assert } from '../base/assert.ts'

const prime1 = 0x9e3779b1
const prime2 = 0x85ebca77
const prime3 = 0xc2b2ae3d
const prime5 = 0x165667b1

/**
 * XXH32 with seed 0 of fewer than four bytes, as lz4 frames have it over their flags: a library
 * would come as WebAssembly, which is loaded asynchronously.
 * (https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md)
 */
export function xxh32OfFew(bytes: Uint8Array): number {
  assert(bytes.length < 4, 'lanes of four bytes are not built')
  let hash = (prime5 + bytes.length) | 0
  for (const byte of bytes) {
    hash = (hash + Math.imul(byte, prime5)) | 0
    hash = Math.imul((hash << 11) | (hash >>> 21), prime1)
  }
  hash = Math.imul(hash ^ (hash >>> 15), prime2)
  hash = Math.imul(hash ^ (hash >>> 13), prime3)
  return (hash ^ (hash >>> 16)) >>> 0
}
