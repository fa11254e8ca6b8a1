import { expect, test } from 'vitest'
import { decodeMessage, encodeMessage } from '../../src/protocol/codec.ts'
import { produceResponse } from '../../src/protocol/generated/00-produce.ts'
import { listOffsetsRequest } from '../../src/protocol/generated/02-list-offsets.ts'
import { metadataRequest } from '../../src/protocol/generated/03-metadata.ts'
import { heartbeatRequest } from '../../src/protocol/generated/12-heartbeat.ts'

const heartbeat = { groupId: 'g', generationId: 1, memberId: 'm' }

test('a message is all of its bytes', () => {
  const bytes = encodeMessage(heartbeatRequest, 4, heartbeat)
  expect(decodeMessage(heartbeatRequest, 4, bytes)).toEqual({
    value: { ...heartbeat, groupInstanceId: null },
    error: null,
  })
  const longer = Uint8Array.from([...bytes, 0])
  expect(decodeMessage(heartbeatRequest, 4, longer)).toEqual({
    value: null,
    error: `HeartbeatRequest: bytes behind the message at byte ${bytes.length}`,
  })
})

test('a broken message is an error with its name and place', () => {
  expect(decodeMessage(heartbeatRequest, 0, Uint8Array.of(0, 1)).error).toBe(
    'HeartbeatRequest: needs 1 bytes, has 0 at byte 2',
  )
})

test('a field that the version cannot carry is an error', () => {
  const request = { ...heartbeat, groupInstanceId: 'static' }
  expect(() => encodeMessage(heartbeatRequest, 2, request)).toThrow(
    'HeartbeatRequest: version 2 cannot carry HeartbeatRequest.groupInstanceId',
  )
  expect(() => encodeMessage(metadataRequest, 0, { topics: null })).toThrow(
    'MetadataRequest: null where this version has none',
  )
})

test('an ignorable field that the version cannot carry is dropped', () => {
  const partition = { index: 0, errorCode: 0, baseOffset: 9, logStartOffset: 7 }
  const responses = [{ name: 't', partitionResponses: [partition] }]
  const old = decodeMessage(produceResponse, 3, encodeMessage(produceResponse, 3, { responses }))
  expect(old.value?.responses[0]?.partitionResponses[0]?.logStartOffset).toBe(-1)
})

test('a version that the codec does not have is an assertion', () => {
  expect(() => encodeMessage(heartbeatRequest, 5, heartbeat)).toThrow('a version of HeartbeatReq')
  expect(() => decodeMessage(heartbeatRequest, -1, new Uint8Array(9))).toThrow('a version of')
})

test('a timestamp in nanoseconds is read as the nearest number', () => {
  const partitions = [{ partitionIndex: 0, timestamp: 1.7e18 }]
  const request = { replicaId: -1, isolationLevel: 0, topics: [{ name: 't', partitions }] }
  const bytes = encodeMessage(listOffsetsRequest, 7, request)
  const { value } = decodeMessage(listOffsetsRequest, 7, bytes)
  expect(value?.topics[0]?.partitions[0]?.timestamp).toBe(1.7e18)
})
