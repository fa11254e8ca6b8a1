/** The codecs of record batches. */
export { type Codec, CompressionError, type CompressionProblem } from './codec.ts'
export { codecNames, loadCodec } from './codecs.ts'
