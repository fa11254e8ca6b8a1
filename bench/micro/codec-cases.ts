import { gunzipSync, gzipSync } from 'node:zlib'
import { jsonLines } from '../harness/sample-records.ts'
import { built } from './built.ts'
import type { MicroCase } from './rounds.ts'

const { codecNames, loadCodec } =
  await built<typeof import('../../src/compression/index.ts')>('compression/index')

/** About a full batch of a producer's default size. */
const recordsBytes = 16 * 1024
/** A bound as a consumer sets one: lz4 judges by what blocks might hold. */
const openedBytesMax = 2 ** 20

/**
 * Records compressed and opened again: `gzip-trip` and so on, beside `zlib-trip`, Node's own gzip.
 */
export async function codecCases(): Promise<readonly MicroCase[]> {
  const bytes = jsonLines(recordsBytes)
  const cases: MicroCase[] = [{ name: 'zlib-trip', call: () => gunzipSync(gzipSync(bytes)) }]
  for (const [id, name] of codecNames.entries()) {
    if (id === 0) continue
    const codec = await loadCodec(id)
    const call = (): Uint8Array => codec.decompress(codec.compress(bytes), openedBytesMax)
    if (!bytes.equals(call())) throw new Error(`${name} does not give back what it was given`)
    cases.push({ name: `${name}-trip`, call })
  }
  return cases
}
