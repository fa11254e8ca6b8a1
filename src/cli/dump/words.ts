/** Rows as text: JSON for programs, words for people. */
import type { Row } from './row.ts'

const text = new TextDecoder('utf-8', { fatal: true })

/**
 * One line of JSON. Bytes are a string where they are UTF-8, else `{"base64": …}`; "no bound" (2^63
 * - 1 in the file) is a string, as no JSON number holds it.
 */
export function rowAsJson(row: Row): string {
  return JSON.stringify(row, plainValue)
}

/** One line of words. Fields that say nothing (`-1`, false, null) are left out. */
export function rowInWords(row: Row): string {
  switch (row.kind) {
    case 'file':
      return `${String(row['path'])}: ${String(row['holds'])}, ${String(row['bytes'])} bytes`
    case 'fault':
      return `  FAULT at byte ${String(row['at'])}: ${String(row['text'])}`
    case 'property':
      return `  ${String(row['name'])} = ${String(row['value'])}`
    case 'object':
      return `  ${JSON.stringify(row['value'])}`
    case 'unwritten':
      return `  unwritten: ${String(row['bytes'])} bytes from byte ${String(row['at'])} on`
    default:
      return `${row.kind === 'record' ? '    ' : '  '}${row.kind}${fieldsInWords(row)}`
  }
}

function fieldsInWords(row: Row): string {
  let words = ''
  for (const [name, value] of Object.entries(row)) {
    if (name === 'kind' || isSilent(row.kind, name, value)) continue
    words += `  ${spaced(name)} ${valueInWords(name, value)}`
  }
  return words
}

function isSilent(kind: string, name: string, value: unknown): boolean {
  if (kind === 'record') return name !== 'key' && name !== 'value' && value === null
  if (name === 'crcValid' || name === 'crc') return true
  return value === false || value === null || (value === -1 && kind === 'batch')
}

function valueInWords(name: string, value: unknown): string {
  if (typeof value === 'number' && /timestamp$/i.test(name)) return timeInWords(value)
  if (value === true) return 'yes'
  if (typeof value === 'number' || (typeof value === 'string' && name !== 'key')) {
    return String(value)
  }
  return JSON.stringify(value, plainValue)
}

function timeInWords(ms: number): string {
  const isDate = Number.isInteger(ms) && ms >= 0 && ms <= 8.64e15
  return isDate ? new Date(ms).toISOString() : String(ms)
}

function spaced(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}

/** For `JSON.stringify`: a Buffer has been through its own `toJSON` by then, so look behind it. */
function plainValue(this: unknown, name: string, value: unknown): unknown {
  const raw = (this as Record<string, unknown>)[name]
  if (raw instanceof Uint8Array) return bytesAsJson(raw)
  if (typeof raw === 'number' && !Number.isFinite(raw)) return '9223372036854775807'
  return value
}

function bytesAsJson(bytes: Uint8Array): string | { base64: string } {
  try {
    return text.decode(bytes)
  } catch {
    return { base64: Buffer.from(bytes).toString('base64') }
  }
}
