/**
 * Judges a produced batch whose records must be opened, and stores it anew where the topic asks for
 * another codec. Pure; the header, checksum and size were judged before (native/batch). The rules
 * and their error codes are Apache Kafka's.
 */
import { CompressionError } from '../../compression/codec.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import {
  type BatchCompression,
  type BatchRecord,
  batchAttributes,
  codecOf,
  decodeBatch,
  decodeBatchHeader,
  encodeBatch,
  type ReadBatch,
  timestampOf,
} from '../../protocol/record-batch.ts'
import type { OpenBatchRequest, OpenBatchVerdict } from '../../storage/data-plane.ts'

/** More are not reported, as each costs the answer a message. */
const faultsMax = 100

/** What a request asks of the records; a part of it is all that these rules need. */
export type OpenRules = Omit<OpenBatchRequest, 'token' | 'bytes'>

/** Codec numbers that a judgement of `bytes` may use. */
export function codecsFor(bytes: Uint8Array, rules: Pick<OpenRules, 'targetCodec'>): number[] {
  const header = decodeBatchHeader(bytes).value
  return [header === null ? 0 : codecOf(header), Math.max(0, rules.targetCodec)]
}

/** The verdict on one batch; `now` is the append time. */
export function judgeBatch(
  bytes: Uint8Array,
  rules: OpenRules,
  now: number,
  compression: BatchCompression,
): OpenBatchVerdict {
  const opened = open(bytes, compression)
  if ('code' in opened) return opened
  const faults = [...keyFaults(opened, rules), ...offsetFaults(opened)].slice(0, faultsMax)
  if (faults.length > 0)
    return refused(ErrorCode.INVALID_RECORD, 'One or more records have been rejected', faults)
  const late = rules.logAppendTime ? [] : timestampFaults(opened, rules, now)
  if (late.length > 0)
    return refused(ErrorCode.INVALID_TIMESTAMP, 'One or more records have been rejected', late)
  return store(bytes, opened, rules, now, compression)
}

function open(bytes: Uint8Array, compression: BatchCompression): ReadBatch | OpenBatchVerdict {
  let code: number = ErrorCode.INVALID_RECORD
  const watched: BatchCompression = {
    compress: compression.compress,
    decompress(codec, packed) {
      try {
        return compression.decompress(codec, packed)
      } catch (error) {
        code = codeOf(error)
        throw error
      }
    },
  }
  const { value, error } = decodeBatch(bytes, 0, watched)
  return value ?? refused(code, error ?? '', [])
}

/**
 * Kafka has no error of its own for a stream that its codec cannot read, and no bound on what comes
 * out of it. A producer that is told that a batch is too large sends its records in smaller ones.
 */
function codeOf(error: unknown): number {
  const isTooLarge = error instanceof CompressionError && error.problem === 'too-large'
  return isTooLarge ? ErrorCode.MESSAGE_TOO_LARGE : ErrorCode.UNKNOWN_SERVER_ERROR
}

function keyFaults(batch: ReadBatch, rules: OpenRules): OpenBatchVerdict['faults'] {
  if (!rules.compacted) return []
  return faultsWhere(
    batch,
    (record) => record.key === null,
    () => 'Compacted topic cannot accept message without key',
  )
}

function offsetFaults(batch: ReadBatch): OpenBatchVerdict['faults'] {
  return faultsWhere(
    batch,
    (record, index) => record.offsetDelta !== index,
    (record, index) => `offset delta ${record.offsetDelta} where ${index} was expected`,
  )
}

function timestampFaults(
  batch: ReadBatch,
  rules: OpenRules,
  now: number,
): OpenBatchVerdict['faults'] {
  const oldest = now - rules.timestampBeforeMaxMs
  const youngest = now + rules.timestampAfterMaxMs
  const outside = (record: BatchRecord): boolean => {
    const timestamp = timestampOf(batch, record)
    return timestamp !== -1 && (timestamp < oldest || timestamp > youngest)
  }
  return faultsWhere(
    batch,
    outside,
    (record) => `timestamp ${timestampOf(batch, record)} is outside [${oldest}, ${youngest}]`,
  )
}

function faultsWhere(
  batch: ReadBatch,
  wrong: (record: BatchRecord, index: number) => boolean,
  message: (record: BatchRecord, index: number) => string,
): OpenBatchVerdict['faults'] {
  const faults: { index: number; message: string }[] = []
  batch.records.forEach((record, index) => {
    if (faults.length >= faultsMax || !wrong(record, index)) return
    faults.push({ index, message: message(record, index) })
  })
  return faults
}

const keptAttributes =
  batchAttributes.transactional | batchAttributes.control | batchAttributes.deleteHorizon

/** Accepts the batch: as it stands, or encoded anew where the topic wants it different. */
function store(
  bytes: Uint8Array,
  batch: ReadBatch,
  rules: OpenRules,
  now: number,
  compression: BatchCompression,
): OpenBatchVerdict {
  const codec = rules.targetCodec === -1 ? codecOf(batch) : rules.targetCodec
  const maxTimestamp = rules.logAppendTime ? now : newestTimestamp(batch)
  const appendTime = rules.logAppendTime ? batchAttributes.appendTime : 0
  const isSame =
    codec === codecOf(batch) &&
    appendTime === (batch.attributes & batchAttributes.appendTime) &&
    maxTimestamp === batch.maxTimestamp
  if (isSame) return accepted(undefined)
  // Bits that nobody knows do not outlive a batch that is made anew.
  const attributes = (batch.attributes & keptAttributes) | codec | appendTime
  const replacement = encodeBatch({ ...batch, attributes, maxTimestamp }, compression)
  if (replacement.length > Math.max(rules.maxMessageBytes, bytes.length)) {
    const size = `${replacement.length} bytes where max.message.bytes is ${rules.maxMessageBytes}`
    return refused(
      ErrorCode.MESSAGE_TOO_LARGE,
      `stored as the topic asks, the batch takes ${size}`,
      [],
    )
  }
  return accepted(replacement)
}

function newestTimestamp(batch: ReadBatch): number {
  let newest = -1
  for (const record of batch.records) newest = Math.max(newest, timestampOf(batch, record))
  return newest
}

function accepted(replacement: Uint8Array | undefined): OpenBatchVerdict {
  return { code: ErrorCode.NONE, message: '', faults: [], replacement }
}

function refused(
  code: number,
  message: string,
  faults: OpenBatchVerdict['faults'],
): OpenBatchVerdict {
  return { code, message, faults, replacement: undefined }
}
