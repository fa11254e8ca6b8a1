import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { decodeMessage, encodeMessage } from '../../src/protocol/codec.ts'
import { fromKafkaJson, subjects } from './samples.ts'

const folder = new URL('../wire/', import.meta.url)

interface Golden {
  readonly name: string
  readonly version: number
  readonly json: Record<string, unknown>
  readonly hex: string
}

/** Reads a file of golden bytes: see `test/wire/README.md`. */
function goldenOf(file: string): Golden[] {
  const text = readFileSync(new URL(file, folder), 'utf8')
  // The first line is a comment. A line of bytes may be empty: some messages have no fields.
  const lines = text.trimEnd().split('\n').slice(1)
  const found: Golden[] = []
  for (let i = 0; i + 1 < lines.length; i += 3) {
    const [name = '', version = ''] = (lines[i] ?? '').split(' ')
    const json = JSON.parse(lines[i + 1] ?? '') as Golden['json']
    found.push({ name, version: Number(version), json, hex: lines[i + 2] ?? '' })
  }
  return found
}

const files = readdirSync(folder).filter((file) => file.endsWith('.hex'))
const golden = files.flatMap(goldenOf)

describe.each(files)('golden bytes of %s', (file) => {
  test.each(goldenOf(file))('$name $version', ({ name, version, json, hex }) => {
    const subject = subjects.find((one) => one.codec.name === name)
    if (subject === undefined) throw new Error(`no codec for ${name}`)
    const value = fromKafkaJson(subject.model.root, json)
    expect(Buffer.from(encodeMessage(subject.codec, version, value)).toString('hex')).toBe(hex)
    const decoded = decodeMessage(subject.codec, version, Buffer.from(hex, 'hex'))
    expect(decoded).toEqual({ value, error: null })
  })
})

test('there are golden bytes for every message and version of 4.3', () => {
  const only44 = ['ApiVersionsRequest 5', 'ApiVersionsResponse 5', 'DeleteGroupsRequest 3']
  const without = new Set([...only44, 'DeleteGroupsResponse 3', 'UnregisterControllerRecord 0'])
  const have = new Set(golden.map(({ name, version }) => `${name} ${version}`))
  for (const { codec } of subjects) {
    for (let version = codec.versionMin; version <= codec.versionMax; version++) {
      const id = `${codec.name} ${version}`
      expect([id, have.has(id)]).toEqual([id, !without.has(id)])
    }
  }
})
