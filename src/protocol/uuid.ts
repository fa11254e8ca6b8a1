/**
 * 128-bit ids of topics, directories, clusters and voters.
 *
 * In memory an id is Kafka's printed form: the 16 bytes as base64url without padding, 22
 * characters. A string compares with `===`, is a key of a `Map` and goes into logs and files as it
 * is; it is turned into bytes only at the wire.
 */
import { asBuffer } from '../base/as-buffer.ts'

/** An id in its printed form. */
export type Uuid = string

/** All bits zero: "no id" in every message of Kafka. */
export const zeroUuid: Uuid = 'AAAAAAAAAAAAAAAAAAAAAA'

/** Length of the printed form. */
const uuidTextLength = 22

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Value of each ASCII character as a base64url digit; 255 marks the others. */
const digitOfCode = new Uint8Array(128).fill(255)
for (let digit = 0; digit < 64; digit++) digitOfCode[alphabet.charCodeAt(digit)] = digit

/**
 * The printed form of the 16 bytes that start at `at`. One flat string: what is put together of
 * characters is a tree of 22 until somebody looks it up, and a start reads tens of thousands.
 */
export function uuidFromBytes(bytes: Uint8Array, at = 0): Uuid {
  return asBuffer(bytes).toString('base64url', at, at + 16)
}

/**
 * Writes the 16 bytes of `uuid` to `bytes` from `at` on. False, with nothing useful written, when
 * `uuid` is not the printed form of an id. `bytes` must have room.
 */
export function uuidToBytes(uuid: Uuid, bytes: Uint8Array, at = 0): boolean {
  if (uuid.length !== uuidTextLength) return false
  let wrong = 0
  let to = at
  for (let i = 0; i < 20; i += 4) {
    const a = digitValue(uuid, i)
    const b = digitValue(uuid, i + 1)
    const c = digitValue(uuid, i + 2)
    const d = digitValue(uuid, i + 3)
    wrong |= a | b | c | d
    bytes[to++] = (a << 2) | (b >>> 4)
    bytes[to++] = (b << 4) | (c >>> 2)
    bytes[to++] = (c << 6) | d
  }
  const high = digitValue(uuid, 20)
  const low = digitValue(uuid, 21)
  bytes[to] = (high << 2) | (low >>> 4)
  // The last digit carries two bits only; others would be lost, so they are no id of ours.
  return (wrong | high | low) < 64 && (low & 15) === 0
}

/** Whether `text` is the printed form of an id. */
export function isUuid(text: string): boolean {
  return uuidToBytes(text, new Uint8Array(16))
}

function digitValue(text: string, at: number): number {
  return digitOfCode[text.charCodeAt(at)] ?? 255
}
