/** The golden batches of test/native/fixtures, as far as the codec tests need them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A batch that Apache Kafka's own builder made. */
export interface GoldenBatch {
  readonly name: string
  /** Codec number of its attributes. */
  readonly codec: number
  /** What stands behind the 61-byte header. */
  readonly payload: Uint8Array
}

const headerBytes = 61

/** All golden batches by name. */
export function goldenBatches(): ReadonlyMap<string, GoldenBatch> {
  const file = join(import.meta.dirname, '../native/fixtures/golden-batches.txt')
  const batches = new Map<string, GoldenBatch>()
  let name = ''
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (line.startsWith('batch ')) name = line.slice(6)
    if (!line.startsWith('bytes x') || name === '') continue
    const bytes = Buffer.from(line.slice(7), 'hex')
    batches.set(name, {
      name,
      codec: bytes.readUInt16BE(21) & 7,
      payload: bytes.subarray(headerBytes),
    })
    name = ''
  }
  return batches
}
