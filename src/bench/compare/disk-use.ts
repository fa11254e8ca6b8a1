import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** What a topic took of the disk while something ran. */
export interface DiskUse {
  /** The most at any look: blocks that its files have, also those that are to be deleted. */
  readonly diskMostBytes: number
  /** Segments that were seen and are gone. */
  readonly segmentsDropped: number
}

const looksEveryMs = 200
const blockBytes = 512

/** Looks at a topic's folders again and again while `work` runs. */
export async function watchDisk<T>(
  dataFolder: string,
  topic: string,
  work: () => Promise<T>,
): Promise<DiskUse & { readonly result: T }> {
  const seen = new Set<string>()
  let [diskMostBytes, last] = [0, new Set<string>()]
  const look = () => {
    const { bytes, segments } = topicFiles(dataFolder, topic)
    diskMostBytes = Math.max(diskMostBytes, bytes)
    for (const each of segments) seen.add(each)
    last = segments
  }
  const timer = setInterval(look, looksEveryMs)
  try {
    const result = await work()
    look()
    const segmentsDropped = [...seen].filter((each) => !last.has(each)).length
    return { result, diskMostBytes, segmentsDropped }
  } finally {
    clearInterval(timer)
  }
}

function topicFiles(dataFolder: string, topic: string) {
  const segments = new Set<string>()
  let bytes = 0
  for (const folder of readdirSync(dataFolder)) {
    if (!folder.startsWith(`${topic}-`)) continue
    for (const name of readdirSync(join(dataFolder, folder))) {
      // It may have gone since its folder was read.
      const status = statSync(join(dataFolder, folder, name), { throwIfNoEntry: false })
      bytes += (status?.blocks ?? 0) * blockBytes
      if (status !== undefined && name.endsWith('.log')) segments.add(`${folder}/${name}`)
    }
  }
  return { bytes, segments }
}
