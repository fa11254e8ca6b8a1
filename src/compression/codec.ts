/**
 * What every codec of Kafka's record batches can do. A codec is pure and synchronous once loaded;
 * large inputs belong on a worker thread, not on the one that serves requests.
 */

/** Why bytes could not be decompressed. */
export type CompressionProblem = 'corrupt' | 'too-large' | 'unavailable'

/**
 * Input that is no valid stream of the codec, would grow beyond the bound, or has no library here.
 */
export class CompressionError extends Error {
  /** What is wrong. */
  readonly problem: CompressionProblem

  constructor(problem: CompressionProblem, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'CompressionError'
    this.problem = problem
  }
}

/** One compression codec, in the framing that Kafka's clients read and write. */
export interface Codec {
  /** Number in the batch's attributes: 1 gzip, 2 snappy, 3 lz4, 4 zstd. */
  readonly id: number
  /** Name in configs. */
  readonly name: string
  /** Compresses `bytes`; `level` where the codec has levels, otherwise ignored. */
  compress(bytes: Uint8Array, level?: number): Uint8Array
  /**
   * Decompresses `bytes` to at most `outputBytesMax` bytes; the bound holds before anything is
   * allocated.
   *
   * @throws {CompressionError} corrupt input, or more output than allowed.
   */
  decompress(bytes: Uint8Array, outputBytesMax: number): Uint8Array
}

/** The error for output that would pass the bound. */
export function tooLarge(name: string, outputBytesMax: number): CompressionError {
  return new CompressionError(
    'too-large',
    `${name} data would decompress to more than ${outputBytesMax} bytes`,
  )
}

/** The error for input that is no stream of the codec. */
export function corrupt(name: string, what: string, cause?: unknown): CompressionError {
  return new CompressionError('corrupt', `corrupt ${name} data: ${what}`, cause)
}
