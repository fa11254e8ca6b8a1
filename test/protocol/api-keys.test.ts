import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { apiKeys } from '../../src/protocol/api-keys.ts'
import { apis } from '../../src/protocol/generated/apis.ts'

/** What Apache Kafka 4.3.1 says of itself. */
const facts = JSON.parse(
  readFileSync(new URL('fixtures/apis.json', import.meta.url), 'utf8'),
) as readonly {
  readonly id: number
  readonly name: string
  readonly code: readonly [number, number] | null
  readonly firstFlexible: number | null
  readonly latestUnstable: boolean
}[]

/** Last versions that 4.4 raises. */
const raised = new Map([
  [18, 5],
  [28, 6],
  [42, 3],
  [88, 1],
  [89, 1],
])

/** APIs that 4.4 adds. */
const added = [93, 94]

test('keys, names and versions are those of 4.3.1, with the changes of 4.4', () => {
  const expected = facts
    .filter((fact) => fact.code !== null)
    .map((fact) => ({
      key: fact.id,
      name: fact.name,
      versionMin: fact.code?.[0],
      versionMax: raised.get(fact.id) ?? fact.code?.[1],
      flexibleMin: fact.firstFlexible ?? Infinity,
      stableMax: (raised.get(fact.id) ?? fact.code?.[1] ?? 0) - (fact.latestUnstable ? 1 : 0),
    }))
  expect([...apiKeys.values()].filter((api) => !added.includes(api.key))).toEqual(expected)
  expect(added.map((key) => apiKeys.get(key)?.name)).toEqual([
    'StreamsGroupTopologyDescriptionUpdate',
    'UnregisterController',
  ])
})

describe.each([...apis.values()])('the codecs of $name', (api) => {
  test('have the versions of its key', () => {
    const known = apiKeys.get(api.key)
    expect(known?.name).toBe(api.name)
    for (const codec of [api.request, api.response]) {
      expect(codec).toMatchObject({
        versionMin: known?.versionMin,
        versionMax: known?.versionMax,
        flexibleMin: known?.flexibleMin,
      })
    }
  })
})
