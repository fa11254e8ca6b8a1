/** What clients use of the native module: nothing that they could not do without it. */
import { loadNativeModule } from './load.ts'

interface NativeChecksum {
  readonly crc32c?: (bytes: Uint8Array) => number
}

/**
 * CRC-32C by the processor's own instruction where it has one, about ten times as fast as the
 * portable one; undefined where the native module is missing or cannot be loaded. Loads it.
 */
export function nativeCrc32c(): ((bytes: Uint8Array) => number) | undefined {
  try {
    return (loadNativeModule() as NativeChecksum).crc32c
  } catch {
    return undefined
  }
}
