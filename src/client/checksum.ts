import { nativeCrc32c } from '../addon/batch.ts'
import { crc32c } from '../protocol/crc32c.ts'
import type { Checksum } from '../record/batch-header.ts'

/** Fewer bytes take less than a microsecond either way: no reason to load a native module. */
export const nativeBytesMin = 1_024

/**
 * A CRC-32C that is the native one for larger batches, where its module loads (at the first of
 * them), and else the portable one.
 *
 * @param load finds the native one.
 */
export function clientChecksum(load: () => Checksum | undefined = nativeCrc32c): Checksum {
  let native: Checksum | undefined
  return (bytes) => {
    if (bytes.length < nativeBytesMin) return crc32c(bytes)
    native ??= load() ?? crc32c
    return native(bytes)
  }
}
