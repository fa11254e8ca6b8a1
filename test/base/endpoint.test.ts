import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  formatHostPort,
  isLoopbackAddress,
  isWildcardHost,
  parseHostPort,
  unmapped,
} from '../../src/base/endpoint.ts'

test.each([
  ['localhost:9092', { host: 'localhost', port: 9092 }],
  ['127.0.0.1:0', { host: '127.0.0.1', port: 0 }],
  ['[::1]:65535', { host: '::1', port: 65535 }],
  ['[fe80::1%eth0]:1', { host: 'fe80::1%eth0', port: 1 }],
  [':9092', { host: '', port: 9092 }],
])('reads %s and writes it back', (text, endpoint) => {
  expect(parseHostPort(text)).toEqual(endpoint)
  expect(formatHostPort(endpoint)).toBe(text)
})

test.each(['', 'localhost', '9092', '::1:9092', 'a:65536', 'a:-1', 'a b:1', 'http://a:1', 'a:1x'])(
  'refuses "%s"',
  (text) => {
    expect(parseHostPort(text)).toBeUndefined()
  },
)

test('tells wildcard hosts and loopback addresses', () => {
  for (const host of ['', '*', '0.0.0.0', '::']) expect(isWildcardHost(host)).toBe(true)
  expect(isWildcardHost('localhost')).toBe(false)
  for (const address of ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1']) {
    expect(isLoopbackAddress(address)).toBe(true)
  }
  for (const address of ['10.0.0.1', '::', '0.0.0.0', 'fe80::1', '128.127.0.1']) {
    expect(isLoopbackAddress(address)).toBe(false)
  }
  expect(unmapped('::ffff:10.1.2.3')).toBe('10.1.2.3')
  expect(unmapped('fe80::1')).toBe('fe80::1')
})

test('what is written is read back, for every kind of host and every port', () => {
  const address = fc.oneof(
    fc.ipV4(),
    fc.ipV6().filter((one) => /^[\da-f:.]+$/i.test(one)),
  )
  const host = fc.oneof(address, fc.domain(), fc.constantFrom('', '*', 'my_host'))
  fc.assert(
    fc.property(host, fc.nat({ max: 65_535 }), (name, port) => {
      expect(parseHostPort(formatHostPort({ host: name, port }))).toEqual({ host: name, port })
    }),
  )
})

test('any text is an endpoint that writes itself, or none', () => {
  const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'a1:[].%/ -') }))
  fc.assert(
    fc.property(text, (given) => {
      const endpoint = parseHostPort(given)
      if (endpoint === undefined) return
      expect(endpoint.port).toBeLessThan(65_536)
      expect(parseHostPort(formatHostPort(endpoint))).toEqual(endpoint)
    }),
    { numRuns: 2000 },
  )
})
