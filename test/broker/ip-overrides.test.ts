import { expect, test } from 'vitest'
import { Broker } from '../../src/broker/broker.ts'
import { ipOverrides } from '../../src/broker/ip-overrides.ts'

test.each([
  ['', []],
  ['127.0.0.1:5', [['127.0.0.1', 5]]],
  [
    ' 10.0.0.1 : 1 , ::1:200,[fe80::1]:3',
    [
      ['10.0.0.1', 1],
      ['::1', 200],
      ['fe80::1', 3],
    ],
  ],
  ['10.0.0.1:9999999999', [['10.0.0.1', 2 ** 31 - 1]]],
  ['a host:5,10.0.0.1,:7,10.0.0.2:-1,10.0.0.3:1', [['10.0.0.3', 1]]],
  [
    'build-7.example.org:12, localhost:3,face:4',
    [
      ['build-7.example.org', 12],
      ['localhost', 3],
      ['face', 4],
    ],
  ],
])('"%s" is read', (text, expected) => {
  expect(ipOverrides(text).map(({ host, max }) => [host, max])).toEqual(expected)
})

test('a broker does not start with overrides that cannot be read', async () => {
  const configs = { 'max.connections.per.ip.overrides': 'a host:5' }
  await expect(Broker.start({ configs })).rejects.toThrow('"a host:5" in max.connections')
})
