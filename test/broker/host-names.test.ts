import { expect, test } from 'vitest'
import { HostNames } from '../../src/broker/host-names.ts'

function hosts(known: Record<string, readonly string[]>) {
  const asked: string[] = []
  const names = new HostNames(async (host) => {
    asked.push(host)
    const addresses = known[host]
    if (addresses === undefined) throw new Error(`no such host: ${host}`)
    return addresses
  })
  return { asked, names }
}

test('a name is looked up once, and leads to all its addresses', async () => {
  const { asked, names } = hosts({ web: ['10.0.0.1', '::7'] })
  expect(names.addressesOf('web')).toEqual([])
  expect(await names.learn(['web', 'web'])).toEqual([])
  expect(await names.learn(['web'])).toEqual([])
  expect(names.addressesOf('web')).toEqual(['10.0.0.1', '::7'])
  expect(asked).toEqual(['web'])
})

test('an address is its own and not looked up', async () => {
  const { asked, names } = hosts({})
  expect(await names.learn(['10.0.0.1', '::1'])).toEqual([])
  expect(['10.0.0.1', '::1'].map((host) => names.addressesOf(host))).toEqual([
    ['10.0.0.1'],
    ['::1'],
  ])
  expect(asked).toEqual([])
})

test.each([
  ['0:0:0:0:0:0:0:1', '::1'],
  ['2001:DB8::0:1', '2001:db8::1'],
  ['::FFFF:1.2.3.4', '1.2.3.4'],
  ['::ffff:102:304', '1.2.3.4'],
])('%s is written as connections tell it, %s', async (written, told) => {
  const { names } = hosts({ web: [written] })
  expect(names.addressesOf(written)).toEqual([told])
  await names.learn(['web'])
  expect(names.addressesOf('web')).toEqual([told])
})

test('names that nobody knows are told, and asked for again', async () => {
  const known: Record<string, readonly string[]> = { empty: [] }
  const { asked, names } = hosts(known)
  expect(await names.learn(['', 'gone', 'empty', '1.2.3.400'])).toEqual([
    '',
    'gone',
    'empty',
    '1.2.3.400',
  ])
  known['gone'] = ['10.0.0.9']
  expect(await names.learn(['gone'])).toEqual([])
  expect(names.addressesOf('gone')).toEqual(['10.0.0.9'])
  expect(asked.filter((host) => host === 'gone')).toHaveLength(2)
})

test('no more are remembered than there is room for', async () => {
  const names = new HostNames(async () => ['10.0.0.1'])
  const all = Array.from({ length: 10_001 }, (_, i) => `host-${i}`)
  expect(await names.learn(all)).toEqual([])
  expect(names.addressesOf('host-0')).toEqual([])
  expect(names.addressesOf('host-10000')).toEqual(['10.0.0.1'])
})
