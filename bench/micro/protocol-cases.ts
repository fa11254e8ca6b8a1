import type { MessageCodec } from '../../src/protocol/codec.ts'
import type { Reader } from '../../src/protocol/reader.ts'
import { built } from './built.ts'
import type { MicroCase } from './rounds.ts'

const { produceApi } = await built<typeof import('../../src/protocol/generated/00-produce.ts')>(
  'protocol/generated/00-produce',
)
const { fetchApi } = await built<typeof import('../../src/protocol/generated/01-fetch.ts')>(
  'protocol/generated/01-fetch',
)
const { metadataApi } = await built<typeof import('../../src/protocol/generated/03-metadata.ts')>(
  'protocol/generated/03-metadata',
)
const { encodeRequestPieces, encodeResponseFrame, openRequest, openResponse } =
  await built<typeof import('../../src/protocol/header.ts')>('protocol/header')

/** Of all three APIs: the last that names topics in Produce and Fetch. */
const version = 12
const partitions = 6
const recordsBytes = 100_000

/**
 * Requests and responses: Produce and Fetch beside a copy of the records that they carry, Metadata
 * of 50 topics beside JSON of the same object.
 */
export function protocolCases(): readonly MicroCase[] {
  const records = Buffer.alloc(recordsBytes, 0x5a)
  const to = Buffer.alloc(partitions * recordsBytes)
  return [
    ...produceCases(records),
    ...fetchCases(records),
    {
      name: 'copy-records',
      call: () => {
        for (let i = 0; i < partitions; i++) records.copy(to, i * recordsBytes)
      },
    },
    ...metadataCases(),
  ]
}

function produceCases(records: Buffer): readonly MicroCase[] {
  const request = {
    acks: -1,
    timeoutMs: 30_000,
    topicData: [
      { name: 'orders', partitionData: forEachPartition((index) => ({ index, records })) },
    ],
  }
  const encode = (): readonly Uint8Array[] =>
    encodeRequestPieces(produceApi, version, 7, 'client', request)
  const frame = Buffer.concat(encode()).subarray(4)
  return [
    { name: 'produce-encode', call: encode },
    {
      name: 'produce-decode',
      call: () => {
        const opened = openRequest(frame)
        if (typeof opened === 'string') throw new Error(opened)
        return decode(produceApi.request, opened.reader)
      },
    },
  ]
}

function fetchCases(records: Buffer): readonly MicroCase[] {
  const response = {
    responses: [
      {
        topic: 'orders',
        partitions: forEachPartition((partitionIndex) => ({
          partitionIndex,
          errorCode: 0,
          highWatermark: 1_000_000,
          records,
        })),
      },
    ],
  }
  const frame = encodeResponseFrame(fetchApi, version, 7, response).subarray(4)
  const call = (): unknown =>
    decode(fetchApi.response, openResponse(fetchApi.key, version, frame).reader)
  return [{ name: 'fetch-decode', call }]
}

function metadataCases(): readonly MicroCase[] {
  const response = {
    brokers: [{ nodeId: 1, host: 'broker-1.example.com', port: 9092 }],
    clusterId: 'AAAAAAAAAAAAAAAAAAAAAA',
    controllerId: 1,
    topics: Array.from({ length: 50 }, (_, i) => ({
      errorCode: 0,
      name: `some-topic-${i}`,
      topicId: 'AAAAAAAAAAAAAAAAAAAAAQ',
      partitions: forEachPartition((partitionIndex) => ({
        errorCode: 0,
        partitionIndex,
        leaderId: 1,
        leaderEpoch: 3,
        replicaNodes: [1, 2, 3],
        isrNodes: [1, 2, 3],
      })),
    })),
  }
  const encode = (): Uint8Array => encodeResponseFrame(metadataApi, version, 7, response)
  const frame = encode().subarray(4)
  const json = JSON.stringify(response)
  return [
    { name: 'metadata-encode', call: encode },
    { name: 'json-of-metadata', call: () => JSON.stringify(response) },
    {
      name: 'metadata-decode',
      call: () =>
        decode(metadataApi.response, openResponse(metadataApi.key, version, frame).reader),
    },
    { name: 'metadata-of-json', call: () => JSON.parse(json) },
  ]
}

function forEachPartition<T>(make: (index: number) => T): readonly T[] {
  return Array.from({ length: partitions }, (_, index) => make(index))
}

function decode<T, Input>(codec: MessageCodec<T, Input>, reader: Reader): T {
  const message = codec.decode(reader, version)
  if (reader.error !== null) throw new Error(`${codec.name}: ${reader.error}`)
  return message
}
