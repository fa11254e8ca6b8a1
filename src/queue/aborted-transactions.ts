/**
 * Which batches of a partition belong to transactions that were aborted, for one who reads on from
 * batch to batch. There is no coordinator here: transactions are of Apache Kafka, in a directory
 * that it wrote before, and each of them has its end.
 */
import { assert } from '../base/assert.ts'
import type { PartitionLog, StoredAbortedTransaction } from '../storage/log-store.ts'

/** What it looks at of a batch that belongs to a transaction. */
export interface TransactionalBatch {
  readonly producerId: number
  readonly baseOffset: number
}

/** See the head of this file. Batches are asked for in the order of the log. */
export class AbortedTransactions {
  readonly #log: Pick<PartitionLog, 'abortedTransactions'>
  /** Those of each producer, in the order of the log, from the first that may be asked for. */
  #byProducer: Map<number, StoredAbortedTransaction[]> | undefined

  constructor(log: Pick<PartitionLog, 'abortedTransactions'>) {
    this.#log = log
  }

  /** Whether the transaction of that batch was aborted. */
  has({ producerId, baseOffset }: TransactionalBatch): boolean {
    this.#byProducer ??= this.#read(baseOffset)
    const aborted = this.#byProducer.get(producerId)
    if (aborted === undefined) return false
    const from = aborted.findIndex(({ lastOffset }) => lastOffset >= baseOffset)
    aborted.splice(0, from < 0 ? aborted.length : from)
    const [next] = aborted
    assert(next === undefined || next.lastOffset >= baseOffset, 'what is over is left out')
    return next !== undefined && next.firstOffset <= baseOffset
  }

  #read(from: number): Map<number, StoredAbortedTransaction[]> {
    const byProducer = new Map<number, StoredAbortedTransaction[]>()
    for (const one of this.#log.abortedTransactions(0, Number.MAX_SAFE_INTEGER)) {
      if (one.lastOffset < from) continue
      const known = byProducer.get(one.producerId)
      if (known === undefined) byProducer.set(one.producerId, [one])
      else known.push(one)
    }
    return byProducer
  }
}
