import { RawConnection } from './raw-connection.ts'

/** The few requests that the suites send themselves, in old versions without tagged fields. */
const produceKey = 0
const fetchKey = 1
const listOffsetsKey = 2
const createTopicsKey = 19

/** Codecs by the low three bits of a batch's attributes. */
export const codecNames = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const

/** Creates a topic with replication factor 1; throws on any error. */
export async function createTopic(
  connection: RawConnection,
  topic: string,
  partitions: number,
): Promise<void> {
  const [timeoutMs, assignments, configs] = [int32(30_000), int32(0), int32(0)]
  const counts = [int32(partitions), int16(1), assignments, configs]
  const validateOnly = Buffer.from([0])
  const parts = [int32(1), string(topic), ...counts, timeoutMs, validateOnly]
  const answer = await connection.request(createTopicsKey, 2, Buffer.concat(parts))
  // throttle time, one topic: name, error code
  const error = answer.readInt16BE(4 + 4 + 2 + Buffer.byteLength(topic))
  if (error !== 0) throw new Error(`CreateTopics ${topic}: error ${error}`)
}

/** Log end offset of a partition; undefined while the broker does not lead it. */
export async function logEndOffset(
  connection: RawConnection,
  topic: string,
  partition: number,
): Promise<number | undefined> {
  const replica = int32(-1)
  const latest = int64(-1n)
  const parts = [replica, int32(1), string(topic), int32(1), int32(partition), latest]
  const answer = await connection.request(listOffsetsKey, 1, Buffer.concat(parts))
  const at = 4 + 2 + Buffer.byteLength(topic) + 4 + 4
  if (answer.readInt16BE(at) !== 0) return undefined
  return Number(answer.readBigInt64BE(at + 2 + 8))
}

/** Waits until the log end offsets of all partitions add up to at least `recordsMin`. */
export async function waitForRecords(
  port: number,
  topic: string,
  partitions: number,
  recordsMin: number,
): Promise<void> {
  const connection = await RawConnection.open(port)
  try {
    const deadline = performance.now() + 60_000
    for (let records = 0; records < recordsMin; ) {
      if (performance.now() > deadline) throw new Error(`${records} of ${recordsMin} records came`)
      records = 0
      for (let p = 0; p < partitions; p++) {
        records += (await logEndOffset(connection, topic, p)) ?? 0
      }
    }
  } finally {
    connection.close()
  }
}

/** The codecs of the batches at the beginning of a partition, as the broker stores them. */
export async function storedCodecs(
  connection: RawConnection,
  topic: string,
  partition: number,
): Promise<Set<string>> {
  return codecsOf(await fetchRecords(connection, topic, partition, 0))
}

/** Stored batches from the one with that offset on, at most about a MiB; throws on any error. */
export async function fetchRecords(
  connection: RawConnection,
  topic: string,
  partition: number,
  offset: number,
): Promise<Buffer> {
  const [bytesMax, isolation] = [int32(1 << 20), Buffer.from([0])]
  const limits = [int32(-1), int32(500), int32(1), bytesMax, isolation]
  const place = [int32(1), int32(partition), int64(BigInt(offset)), bytesMax]
  const parts = [...limits, int32(1), string(topic), ...place]
  const answer = await connection.request(fetchKey, 4, Buffer.concat(parts))
  // throttle time; one topic: name; one partition: index, error, two offsets, aborted, records
  const at = 4 + 4 + 2 + Buffer.byteLength(topic) + 4 + 4
  const error = answer.readInt16BE(at)
  if (error !== 0) throw new Error(`Fetch ${topic}-${partition}: error ${error}`)
  const aborted = Math.max(answer.readInt32BE(at + 2 + 16), 0)
  const recordsAt = at + 2 + 16 + 4 + aborted * 16 + 4
  return answer.subarray(recordsAt)
}

/** Sends one batch with acks=all; resolves to the error code and the offset of its first record. */
export async function produceRecords(
  connection: RawConnection,
  topic: string,
  partition: number,
  batch: Uint8Array,
): Promise<{ readonly error: number; readonly baseOffset: number }> {
  const [noTransaction, acksAll, timeoutMs] = [int16(-1), int16(-1), int32(30_000)]
  const place = [int32(1), int32(partition), int32(batch.length), batch]
  const parts = [noTransaction, acksAll, timeoutMs, int32(1), string(topic), ...place]
  const answer = await connection.request(produceKey, 3, Buffer.concat(parts))
  // one topic: name; one partition: index, error, base offset
  const at = 4 + 2 + Buffer.byteLength(topic) + 4 + 4
  return {
    error: answer.readInt16BE(at),
    baseOffset: Number(answer.readBigInt64BE(at + 2)),
  }
}

function codecsOf(records: Buffer): Set<string> {
  const codecs = new Set<string>()
  for (let at = 0; at + 61 <= records.length; at += 12 + records.readInt32BE(at + 8)) {
    codecs.add(codecNames[records.readUInt16BE(at + 21) & 7] ?? 'unknown')
  }
  return codecs
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeInt16BE(value)
  return bytes
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

function int64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64BE(value)
  return bytes
}

function string(text: string): Buffer {
  return Buffer.concat([int16(Buffer.byteLength(text)), Buffer.from(text)])
}
