import type { RecordsToDelete } from '../../client/index.ts'

const form = '{"partitions": [{"topic": "t", "partition": 0, "offset": 1}], "version": 1}'

/**
 * Reads the JSON of kafka-delete-records: partitions with the first offset to keep, -1 for all up
 * to the high watermark. Throws a sentence that names the file for anything else, and for a
 * partition that is there twice.
 */
export function parseOffsetFile(text: string, file: string): readonly RecordsToDelete[] {
  let content: unknown
  try {
    content = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new Error(`${file} is not JSON: ${why}.`)
  }
  const { partitions, version = 1 } = (content ?? {}) as Record<string, unknown>
  if (version !== 1) throw new Error(`${file} has the version ${version}; only 1 is known.`)
  if (!Array.isArray(partitions)) throw new Error(`${file} has to have the form ${form}.`)
  const found = new Map<string, RecordsToDelete>()
  for (const one of partitions) {
    const { topic, partition, offset } = (one ?? {}) as Record<string, unknown>
    const isName = typeof topic === 'string' && topic !== ''
    const isPartition = isWhole(partition, 0) && partition < 2 ** 31
    if (!isName || !isPartition || !isWhole(offset, -1)) {
      throw new Error(`${file}: ${JSON.stringify(one)} is no partition with an offset: ${form}.`)
    }
    const name = `${topic}-${partition}`
    if (found.has(name)) throw new Error(`${file}: ${name} is there a second time.`)
    found.set(name, { topic, partition, beforeOffset: offset })
  }
  if (found.size === 0) throw new Error(`There are no partitions in ${file}.`)
  return [...found.values()]
}

function isWhole(value: unknown, min: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= min
}
