import { expect, it } from 'vitest'
import { clientChecksum, nativeBytesMin } from '../../src/client/checksum.ts'
import { crc32c } from '../../src/protocol/crc32c.ts'

const small = Buffer.alloc(nativeBytesMin - 1, 'x')
const large = Buffer.alloc(nativeBytesMin, 'x')

it('asks for the native one at the first batch that is worth it, once', () => {
  let loads = 0
  const checksum = clientChecksum(() => {
    loads++
    return () => 42
  })
  expect(checksum(small)).toBe(crc32c(small))
  expect(loads).toBe(0)
  expect([checksum(large), checksum(large)]).toEqual([42, 42])
  expect(loads).toBe(1)
})

it('does without the native one, and does not look for it again', () => {
  let loads = 0
  const checksum = clientChecksum(() => {
    loads++
    return undefined
  })
  expect([checksum(large), checksum(large)]).toEqual([crc32c(large), crc32c(large)])
  expect(loads).toBe(1)
})

it('is the same number by both', () => {
  expect(clientChecksum()(large)).toBe(crc32c(large))
})
