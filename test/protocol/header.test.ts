import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { apiKeys } from '../../src/protocol/api-keys.ts'
import { produceApi } from '../../src/protocol/generated/00-produce.ts'
import { metadataApi } from '../../src/protocol/generated/03-metadata.ts'
import { apiVersionsApi } from '../../src/protocol/generated/18-api-versions.ts'
import {
  encodeRequestFrame,
  encodeRequestPieces,
  encodeResponseFrame,
  openRequest,
  openResponse,
  requestHeaderVersion,
  responseHeaderVersion,
} from '../../src/protocol/header.ts'

const facts = JSON.parse(
  readFileSync(new URL('fixtures/apis.json', import.meta.url), 'utf8'),
) as readonly {
  readonly id: number
  readonly headers: readonly {
    readonly min: number
    readonly max: number
    readonly request: number
    readonly response: number
  }[]
}[]

test('header versions are those of Kafka for every API and version', () => {
  for (const { id, headers } of facts) {
    const api = apiKeys.get(id)
    for (const range of headers) {
      if (api === undefined) throw new Error(`no key ${id}`)
      for (let version = range.min; version <= range.max; version++) {
        expect([id, version, requestHeaderVersion(api, version)]).toEqual([
          id,
          version,
          range.request,
        ])
        expect([id, version, responseHeaderVersion(api, version)]).toEqual([
          id,
          version,
          range.response,
        ])
      }
    }
  }
})

describe('a request frame', () => {
  test('begins with its length and opens again', () => {
    const request = { topics: [{ name: 'orders' }] }
    const frame = encodeRequestFrame(metadataApi, 12, 77, 'client', request)
    expect(Buffer.from(frame).readInt32BE()).toBe(frame.length - 4)
    const opened = openRequest(frame.subarray(4))
    if (typeof opened === 'string') throw new Error(opened)
    expect(opened.head).toEqual({
      apiKey: 3,
      apiVersion: 12,
      correlationId: 77,
      clientId: 'client',
    })
    const body = metadataApi.request.decode(opened.reader, 12)
    expect([opened.reader.error, opened.reader.remaining]).toEqual([null, 0])
    expect(body.topics?.[0]?.name).toBe('orders')
  })

  test('of ApiVersions opens whatever its version', () => {
    // Version 99 is read with the flexible header: key, version, correlation id, client id, tags.
    const opened = openRequest(Buffer.from('0012 0063 00000005 ffff 00'.replaceAll(' ', ''), 'hex'))
    if (typeof opened === 'string') throw new Error(opened)
    expect(opened.head).toEqual({
      apiKey: 18,
      apiVersion: 99,
      correlationId: 5,
      clientId: null,
    })
  })

  test.each([
    ['', 'unknown API key 0'],
    ['00', 'unknown API key 0'],
    ['0004000000000001ffff', 'unknown API key 4'],
    ['7fff000000000001ffff', 'unknown API key 32767'],
    ['0003ffff00000001ffff', 'negative version -1 of Metadata'],
    ['0003', 'request header: needs 2 bytes, has 0 at byte 2'],
    ['00030001000000010005', 'request header: needs 5 bytes, has 0 at byte 10'],
  ])('%s cannot be answered', (hex, why) => {
    expect(openRequest(Buffer.from(hex, 'hex'))).toBe(why)
  })
})

describe('a response frame', () => {
  test('begins with its length and opens again', () => {
    const frame = encodeResponseFrame(metadataApi, 9, 5, { brokers: [], topics: [] })
    expect(Buffer.from(frame).readInt32BE()).toBe(frame.length - 4)
    const { correlationId, reader } = openResponse(3, 9, frame.subarray(4))
    expect(correlationId).toBe(5)
    expect(metadataApi.response.decode(reader, 9).brokers).toEqual([])
    expect([reader.error, reader.remaining]).toEqual([null, 0])
  })

  test('of ApiVersions has the plain header even where it is flexible', () => {
    const frame = encodeResponseFrame(apiVersionsApi, 3, 1, { errorCode: 0, apiKeys: [] })
    expect(Buffer.from(frame.subarray(4)).toString('hex')).toBe('00000001000001000000000' + '0')
  })

  test('that its version cannot carry is an error', () => {
    const response = { brokers: [], topics: [], clusterAuthorizedOperations: 3 }
    expect(() => encodeResponseFrame(metadataApi, 1, 1, response)).toThrow(
      'MetadataResponse: version 1 cannot carry MetadataResponse.clusterAuthorizedOperations',
    )
  })
})

describe('a request in pieces', () => {
  const records = (size: number) => Buffer.alloc(size, 9)
  const request = (...sizes: number[]) => ({
    acks: 1,
    timeoutMs: 1000,
    topicData: [
      {
        name: 't',
        partitionData: sizes.map((size, index) => ({ index, records: records(size) })),
      },
    ],
  })

  test('is the whole frame, and its batches are not copied', () => {
    for (const version of [3, 9, 12]) {
      const input = request(5000, 10, 2048)
      const pieces = encodeRequestPieces(produceApi, version, 7, 'id', input)
      const whole = encodeRequestFrame(produceApi, version, 7, 'id', input)
      expect(Buffer.concat(pieces).equals(whole)).toBe(true)
      const lent = input.topicData[0]!.partitionData.map((one) => one.records)
      expect(pieces).toContain(lent[0])
      expect(pieces).not.toContain(lent[1])
      expect(pieces).toContain(lent[2])
    }
  })

  test('is one piece when nothing in it is large', () => {
    expect(encodeRequestPieces(produceApi, 9, 7, 'id', request(10))).toHaveLength(1)
  })
})
