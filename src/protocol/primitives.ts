/** Readers and writers of one primitive, in the form that arrays of the codecs take. */
import type { Decode } from './reader.ts'
import type { Uuid } from './uuid.ts'
import type { Encode } from './writer.ts'

/** Reads one element: an int8. */
export const readInt8: Decode<number> = (reader) => reader.int8()
/** Reads one element: an int16. */
export const readInt16: Decode<number> = (reader) => reader.int16()
/** Reads one element: an int32. */
export const readInt32: Decode<number> = (reader) => reader.int32()
/** Reads one element: an int64, as `Reader.int64` takes it. */
export const readInt64: Decode<number> = (reader) => reader.int64()
/** Reads one element: a UUID. */
export const readUuid: Decode<Uuid> = (reader) => reader.uuid()
/** Reads one element: a string that is not null. */
export const readString: Decode<string> = (reader, _, flexible) => reader.string(flexible)

/** Writes one element: an int8. */
export const writeInt8: Encode<number> = (writer, _, __, value) => writer.int8(value)
/** Writes one element: an int16. */
export const writeInt16: Encode<number> = (writer, _, __, value) => writer.int16(value)
/** Writes one element: an int32. */
export const writeInt32: Encode<number> = (writer, _, __, value) => writer.int32(value)
/** Writes one element: an int64, as `Writer.int64` takes it. */
export const writeInt64: Encode<number> = (writer, _, __, value) => writer.int64(value)
/** Writes one element: a UUID. */
export const writeUuid: Encode<Uuid> = (writer, _, __, value) => writer.uuid(value)
/** Writes one element: a string that is not null. */
export const writeString: Encode<string> = (writer, _, flexible, value) =>
  writer.string(flexible, value)
