import { assert } from '../../base/assert.ts'
import type { Rule } from '../../base/option-rule.ts'
import type { SaslOptions } from '../../security/index.ts'

const fields: Readonly<Record<SaslOptions['mechanism'], readonly (readonly [string, string])[]>> = {
  PLAIN: [
    ['username', 'string'],
    ['password', 'string'],
    ['authorizationId', 'string?'],
  ],
  'SCRAM-SHA-256': [
    ['username', 'string'],
    ['password', 'string'],
  ],
  'SCRAM-SHA-512': [
    ['username', 'string'],
    ['password', 'string'],
  ],
  OAUTHBEARER: [['token', 'function']],
}

/** A mechanism with what it needs and nothing else. Values are never shown: they are secrets. */
export const saslRule: Rule<SaslOptions | undefined> = {
  byDefault: undefined,
  check: (value) => {
    const mechanisms = Object.keys(fields).join(', ')
    const some = `an object whose 'mechanism' is one of ${mechanisms}`
    if (typeof value !== 'object' || value === null) return { expected: some }
    const { mechanism, ...rest } = value as { readonly mechanism?: unknown }
    const needed = fields[mechanism as SaslOptions['mechanism']]
    if (needed === undefined) return { expected: some }
    const expected = `${String(mechanism)} with ${needed.map(([name]) => name).join(', ')}`
    for (const [name, type] of needed) {
      const given = typeof (rest as Record<string, unknown>)[name]
      const mayMiss = type.endsWith('?') && given === 'undefined'
      if (given !== type.replace('?', '') && !mayMiss) return { expected }
    }
    assert(needed.length > 0, 'each mechanism needs something')
    const known = new Set(needed.map(([name]) => name))
    if (Object.keys(rest).some((name) => !known.has(name))) return { expected }
    return { value: value as SaslOptions }
  },
}
