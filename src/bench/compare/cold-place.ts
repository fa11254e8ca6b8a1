import { evictRecords } from '../harness/load-generator.ts'
import { fillPageCache } from '../harness/page-cache.ts'
import type { CasePlace } from './case-place.ts'

/**
 * Drops the broker's records from memory, and fills what that freed as before a turn. Gives the
 * folder below which they lie; rejects where they stay in memory, and for a broker that was not
 * started here.
 */
export async function makeCold({ dataFolder, fillsMemory }: CasePlace): Promise<string> {
  if (dataFolder === undefined) throw new Error('nobody knows where the data of that broker lies')
  await evictRecords(dataFolder)
  if (fillsMemory) fillPageCache()
  return dataFolder
}
