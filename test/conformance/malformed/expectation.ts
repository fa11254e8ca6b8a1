import { fetchApi } from '../../../src/protocol/generated/01-fetch.ts'
import { openRequest } from '../../../src/protocol/header.ts'

const frameBytesMax = 104_857_600
const produceKey = 0
const fetchKey = 1
const joinGroupKey = 11
const syncGroupKey = 14

/**
 * What a broker owes for a sequence of bytes that is followed by a valid request:
 * - `prompt`: an answer to that request, or a closed connection, at once;
 * - `mayWait`: the same, but a request before it may legitimately wait, for as long as it says;
 * - `incomplete`: nothing yet, as the broker has to wait for the rest of a frame; once the client
 *   has ended its side, a closed connection.
 */
export type Expectation = 'prompt' | 'mayWait' | 'incomplete'

/** Reads the sizes as the broker does. */
export function expectationOf(bytes: Buffer): Expectation {
  let mayWait = false
  let at = 0
  while (at + 4 <= bytes.length) {
    const size = bytes.readInt32BE(at)
    // Such a size ends the connection, whatever follows.
    if (size < 0 || size > frameBytesMax) return mayWait ? 'mayWait' : 'prompt'
    const end = at + 4 + size
    if (end > bytes.length) return 'incomplete'
    mayWait ||= requestMayWait(bytes.subarray(at + 4, end))
    at = end
  }
  if (at < bytes.length) return 'incomplete'
  return mayWait ? 'mayWait' : 'prompt'
}

/** A Fetch waits for data; Produce for replicas; JoinGroup and SyncGroup for other members. */
function requestMayWait(frame: Buffer): boolean {
  const key = frame.length >= 2 ? frame.readInt16BE(0) : -1
  if (key === fetchKey) return fetchMayWait(frame)
  return key === produceKey || key === joinGroupKey || key === syncGroupKey
}

function fetchMayWait(frame: Buffer): boolean {
  const opened = openRequest(frame)
  if (typeof opened === 'string') return false
  const { versionMin, versionMax, decode } = fetchApi.request
  const { apiVersion } = opened.head
  if (apiVersion < versionMin || apiVersion > versionMax) return false
  const { maxWaitMs } = decode(opened.reader, apiVersion)
  return opened.reader.error === null ? maxWaitMs > 0 : true
}
