/** gzip (codec 1): one member, RFC 1952, by Node's own zlib. */
import { constants, gunzipSync, gzipSync } from 'node:zlib'
import { type Codec, corrupt, tooLarge } from './codec.ts'

/** Codec 1; levels 1 to 9, -1 is zlib's default. */
export const gzip: Codec = {
  id: 1,
  name: 'gzip',
  compress(bytes, level = constants.Z_DEFAULT_COMPRESSION) {
    return gzipSync(bytes, { level })
  },
  decompress(bytes, outputBytesMax) {
    try {
      // zlib wants room for one byte at least, also where nothing may come out.
      const output = gunzipSync(bytes, { maxOutputLength: Math.max(1, outputBytesMax) })
      if (output.length > outputBytesMax) throw tooLarge('gzip', outputBytesMax)
      return output
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge('gzip', outputBytesMax)
      if (code === undefined) throw error
      throw corrupt('gzip', (error as Error).message, error)
    }
  },
}
