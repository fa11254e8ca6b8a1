import { decodeBatches, encodeBatch, newBatch, offsetOf } from '../../src/protocol/record-batch.ts'
import { RawConnection } from '../conformance/raw-connection.ts'
import { fetchRecords, logEndOffset, produceRecords } from '../conformance/raw-requests.ts'

/** The topic of the load. */
export const topic = 'power'
export const partitions = 6

const connections = 8
const recordsMax = 3
const valueBytesMax = 1500

/** What {@link AcknowledgedLoad.check} found. */
export interface Findings {
  readonly lost: number
  readonly faults: readonly string[]
}

/**
 * Records that are sent once with acks=all, and what became of each. A record's bytes follow from
 * its number, so that what is read can be checked without keeping it.
 */
export class AcknowledgedLoad {
  /** By partition: the number of the record that was acknowledged at each offset. */
  readonly #acknowledged = Array.from({ length: partitions }, () => new Map<number, number>())
  #sent = 0

  /** Records that were acknowledged. */
  get acknowledged(): number {
    return this.#acknowledged.reduce((sum, offsets) => sum + offsets.size, 0)
  }

  /** Sends over several connections until all of them end, as they do with the broker. */
  async run(port: number): Promise<void> {
    await Promise.all(Array.from({ length: connections }, (_, i) => this.#send(port, i)))
  }

  /** Reads all partitions and compares. */
  async check(port: number): Promise<Findings> {
    const connection = await RawConnection.open(port)
    const faults: string[] = []
    let lost = 0
    try {
      for (let p = 0; p < partitions; p++) {
        const there = await this.#read(connection, p, faults)
        for (const [offset, number] of this.#acknowledged[p] ?? []) {
          if (there.get(offset) === number) continue
          lost++
          const instead = there.get(offset) ?? 'nothing'
          if (faults.length < 20) faults.push(`${topic}-${p} has ${instead} at ${offset}`)
        }
      }
    } finally {
      connection.close()
    }
    return { lost, faults }
  }

  async #send(port: number, seat: number): Promise<void> {
    let connection: RawConnection | undefined
    try {
      connection = await RawConnection.open(port)
      for (let turn = seat; ; turn++) await this.#sendBatch(connection, turn % partitions)
    } catch {
      // The broker is gone: what was not answered may be there or not.
    } finally {
      connection?.close()
    }
  }

  async #sendBatch(connection: RawConnection, partition: number): Promise<void> {
    const count = 1 + (this.#sent % recordsMax)
    const first = this.#sent
    this.#sent += count
    const records = Array.from({ length: count }, (_, i) => ({
      timestamp: Date.now(),
      key: null,
      value: recordValue(first + i),
    }))
    const { error, baseOffset } = await produceRecords(
      connection,
      topic,
      partition,
      encodeBatch(newBatch(records)),
    )
    if (error !== 0) return
    for (let i = 0; i < count; i++) this.#acknowledged[partition]?.set(baseOffset + i, first + i)
  }

  /** The numbers of the records of a partition by offset; what is wrong otherwise is a fault. */
  async #read(
    connection: RawConnection,
    partition: number,
    faults: string[],
  ): Promise<Map<number, number>> {
    const there = new Map<number, number>()
    const end = (await logEndOffset(connection, topic, partition)) ?? 0
    for (let at = 0; at < end; ) {
      const bytes = await fetchRecords(connection, topic, partition, at)
      const batches = decodeBatches(bytes).value?.batches ?? []
      if (batches.length === 0) {
        faults.push(`${topic}-${partition} cannot be read at ${at} of ${end}`)
        break
      }
      for (const batch of batches) {
        for (const record of batch.records) {
          const offset = offsetOf(batch, record)
          if (offset < at) continue
          if (offset > at) faults.push(`${topic}-${partition} has no offset ${at}`)
          at = offset + 1
          const value = Buffer.from(record.value ?? [])
          const number = value.readUInt32BE(0)
          if (value.equals(recordValue(number)) && number < this.#sent) there.set(offset, number)
          else faults.push(`${topic}-${partition} has bytes at ${offset} that nobody sent`)
        }
      }
    }
    if (new Set(there.values()).size !== there.size) {
      faults.push(`${topic}-${partition} has a record twice that was sent once`)
    }
    return there
  }
}

/** The bytes of the record with that number. */
function recordValue(number: number): Buffer {
  const value = Buffer.alloc(4 + ((number * 7919) % valueBytesMax))
  value.writeUInt32BE(number, 0)
  let state = (number * 2654435761) >>> 0
  for (let i = 4; i < value.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    value[i] = state >>> 24
  }
  return value
}
