import { assert } from '../../base/assert.ts'
import { type HostPort, parseHostPort } from '../../base/endpoint.ts'
import type { Rule } from '../../base/option-rule.ts'

const expected = "one or more of 'HOST:PORT', in an array or separated by commas"

/** Where to ask first: text of one or more servers, or an array of it. */
export const serversRule: Rule<readonly HostPort[]> = {
  byDefault: 'required',
  check: (value) => {
    const texts = typeof value === 'string' ? value.split(',') : value
    if (!Array.isArray(texts) || texts.length === 0) return { expected }
    const servers: HostPort[] = []
    for (const text of texts as unknown[]) {
      const server = typeof text === 'string' ? parseHostPort(text.trim()) : undefined
      if (server === undefined || server.host === '' || server.port === 0) {
        return { expected: `${expected}; ${JSON.stringify(text)} is none` }
      }
      servers.push(server)
    }
    assert(servers.length === texts.length, 'each text is a server')
    return { value: servers }
  },
}
