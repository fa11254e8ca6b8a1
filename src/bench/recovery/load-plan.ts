/** Records of 1 KiB in each batch. */
export const recordsPerBatch = 64
/** A batch's header, and 64 records of 1,024 bytes with 9 bytes around each. */
export const batchBytes: number = 61 + recordsPerBatch * (1024 + 9)

/** How a bench's data lie in the partitions of its topic. */
export interface LoadPlan {
  readonly partitions: number
  /** Batches of every partition, which fit into one segment. */
  readonly batchesEach: number
  /** The first so many partitions get more, */
  readonly longerPartitions: number
  /** namely these batches, which begin their second segment. */
  readonly extraBatches: number
  /** The topic's segment.bytes. */
  readonly segmentBytes: number
}

/**
 * Spreads about so many bytes evenly over the partitions, a tenth more on every fifth of them, so
 * that these have two segments and the others one.
 * @throws {Error} if that is less than ten batches a partition
 */
export function planLoad(bytes: number, partitions: number): LoadPlan {
  const longerPartitions = Math.round(partitions / 5)
  const batchesEach = Math.floor(bytes / batchBytes / (partitions + longerPartitions / 10))
  if (batchesEach < 10) {
    const least = (10 * batchBytes * partitions) / 1024 ** 3
    throw new Error(`${partitions} partitions need at least ${(least * 1.1).toFixed(3)} GiB`)
  }
  return {
    partitions,
    batchesEach,
    longerPartitions,
    extraBatches: Math.round(batchesEach / 10),
    segmentBytes: Math.round((batchesEach + 0.5) * batchBytes),
  }
}

/** Batches of the whole topic. */
export function batchesOf(plan: LoadPlan): number {
  return plan.partitions * plan.batchesEach + plan.longerPartitions * plan.extraBatches
}
