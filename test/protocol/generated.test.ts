import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeMessage, encodeMessage } from '../../src/protocol/codec.ts'
import { Reader } from '../../src/protocol/reader.ts'
import { encodeNaively } from './naive-codec.ts'
import { defaultStruct, messageArbitrary, subjects, versionsOf } from './samples.ts'

// Shrinking a whole message takes minutes; the seed that a failure prints is enough to repeat it.
fc.configureGlobal({ endOnFailure: true })

describe.each(subjects.map((subject) => [subject.codec.name, subject] as const))(
  '%s',
  (_, { codec, model }) => {
    test.each(versionsOf(model))('version %i is the same after a round trip', (version) => {
      const property = fc.property(messageArbitrary(model, version), (value) => {
        const bytes = encodeMessage(codec, version, value)
        const decoded = decodeMessage(codec, version, bytes)
        expect(decoded.error).toBeNull()
        expect(decoded.value).toEqual(value)
        expect(encodeMessage(codec, version, decoded.value)).toEqual(bytes)
      })
      fc.assert(property, { numRuns: 15 })
    })

    test.each(versionsOf(model))('version %i is what its schema says, byte by byte', (version) => {
      const property = fc.property(messageArbitrary(model, version), (value) => {
        const naive = encodeNaively(model, version, value, defaultStruct)
        expect(Buffer.compare(encodeMessage(codec, version, value), naive)).toBe(0)
      })
      fc.assert(property, { numRuns: 15 })
    })

    test.each(versionsOf(model))('version %i cut off anywhere is an error', (version) => {
      const property = fc.property(messageArbitrary(model, version), (value) => {
        const bytes = encodeMessage(codec, version, value)
        for (let length = 0; length < bytes.length; length++) {
          const reader = new Reader(bytes.subarray(0, length))
          codec.decode(reader, version)
          if (reader.error === null) throw new Error(`no error at ${length} of ${bytes.length}`)
        }
      })
      fc.assert(property, { numRuns: 3 })
    })

    test.each(versionsOf(model))('version %i takes any bytes without throwing', (version) => {
      const property = fc.property(
        messageArbitrary(model, version),
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1 }),
        (value, changes) => {
          const bytes = Uint8Array.from(encodeMessage(codec, version, value))
          for (const [at, byte] of changes) if (bytes.length > 0) bytes[at % bytes.length] = byte
          codec.decode(new Reader(bytes), version)
        },
      )
      fc.assert(property, { numRuns: 15 })
    })
  },
)
