import {
  type BatchRecord,
  decodeControlRecord,
  decodeGroupRecord,
  decodeMetadataRecord,
} from '../../protocol/index.ts'
/** What the bytes of a record stand for; `data` is the application's own. */
export type RecordMeaning = 'data' | 'control' | 'metadata' | 'group'

/** The fields of a record as they are printed: decoded where its meaning is known. */
export function decodedFields(
  record: BatchRecord,
  meaning: RecordMeaning,
): Readonly<Record<string, unknown>> {
  const { key, value } = record
  const plain = { key, value }
  switch (meaning) {
    case 'data':
      return plain
    case 'control':
      return namedFields(decodeControlRecord(record), plain)
    case 'metadata':
      return value === null ? plain : namedFields(decodeMetadataRecord(value), plain)
    case 'group':
      return key === null ? plain : namedFields(decodeGroupRecord(key, value), plain)
  }
}

type Outcome =
  | { readonly value: { readonly name: string | null }; readonly error: null }
  | { readonly value: null; readonly error: string }

/** What is broken or unknown is printed as it is stored, with the reason. */
function namedFields(
  { value, error }: Outcome,
  plain: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  if (value === null) return { ...plain, fault: error }
  const { name, ...rest } = value
  return name === null ? { ...plain, unknown: rest } : { name, ...rest }
}
