import { describe, expect, test } from 'vitest'
import type { HostPort } from '../../src/base/endpoint.ts'
import {
  Advertiser,
  bindListeners,
  describeListeners,
  exposedAddresses,
  type ListenerPlan,
  registeredEndpoint,
} from '../../src/broker/listeners.ts'

/** A machine with two loopback addresses, where some ports are taken. */
function machine(taken: readonly string[] = []) {
  let nextFree = 40_000
  const bound: string[] = []
  return {
    bound,
    binder: {
      listen: ({ host, port }: HostPort): HostPort => {
        const real = port === 0 ? nextFree++ : port
        if (taken.includes(`${host} ${real}`)) throw new Error(`${host}:${real} is in use.`)
        bound.push(`${host} ${real}`)
        return { host, port: real }
      },
      resolve: async (host: string) =>
        ({ localhost: ['127.0.0.1', '::1'], '': ['::'] })[host] ?? [host],
    },
  }
}

function plan(host: string, port: number, advertised?: HostPort): ListenerPlan {
  return { name: 'PLAINTEXT', endpoint: { host, port }, advertised }
}

describe('binding', () => {
  test('takes every address that localhost has, on one port', async () => {
    const { binder, bound } = machine()
    const listeners = await bindListeners([plan('localhost', 9092)], binder)
    expect(bound).toEqual(['127.0.0.1 9092', '::1 9092'])
    expect(describeListeners(listeners)).toBe('localhost:9092')
  })

  test('port 0 gives one real port for all addresses, also after a collision', async () => {
    const { binder } = machine(['::1 40000'])
    const listeners = await bindListeners([plan('localhost', 0)], binder)
    expect(listeners[0]?.bound).toEqual([
      { host: '127.0.0.1', port: 40_001 },
      { host: '::1', port: 40_001 },
    ])
    expect(describeListeners(listeners)).toBe('localhost:40001')
  })

  test.each(['', '*', '0.0.0.0', '::'])('"%s" takes both families, by one socket', async (host) => {
    const { binder, bound } = machine()
    await bindListeners([plan(host, 9092)], binder)
    expect(bound).toEqual([':: 9092'])
  })

  test('a fixed port that is taken on one address is an error', async () => {
    const { binder } = machine(['::1 9092'])
    await expect(bindListeners([plan('localhost', 9092)], binder)).rejects.toThrow('in use')
  })
})

describe('advertising', () => {
  const fixed = { host: 'kafka.example', port: 19092 }
  const named = { ...plan('localhost', 9092), bound: [{ host: '127.0.0.1', port: 9092 }] }
  const wildcard = { ...plan('', 9093), bound: [{ host: '0.0.0.0', port: 9093 }] }
  const outside = { ...plan('10.0.0.7', 9094, fixed), bound: [{ host: '10.0.0.7', port: 9094 }] }
  const advertiser = new Advertiser([named, wildcard, outside])

  test('a named listener answers its name', () => {
    const local = { host: '127.0.0.1', port: 9092 }
    expect(advertiser.endpointFor(local)).toEqual({ host: 'localhost', port: 9092 })
  })

  test('a wildcard listener answers the address that the client reached', () => {
    const reached = { host: '::ffff:10.0.0.8', port: 9093 }
    expect(advertiser.endpointFor(reached)).toEqual({ host: '10.0.0.8', port: 9093 })
  })

  test('what a listener advertises wins', () => {
    expect(advertiser.endpointFor({ host: '10.0.0.7', port: 9094 })).toEqual(fixed)
  })

  test('where it advertises no host, or port 0, the listener says the rest', () => {
    const bound = [{ host: '::', port: 9096 }]
    const noHost = { ...plan('', 9096, { host: '', port: 19096 }), bound }
    const reached = { host: '10.0.0.8', port: 9096 }
    expect(new Advertiser([noHost]).endpointFor(reached)).toEqual({ host: '10.0.0.8', port: 19096 })
    expect(registeredEndpoint(noHost)).toEqual({ host: 'localhost', port: 19096 })
    const noPort = { ...noHost, advertised: { host: 'kafka.example', port: 0 } }
    const expected = { host: 'kafka.example', port: 9096 }
    expect(new Advertiser([noPort]).endpointFor(reached)).toEqual(expected)
    expect(registeredEndpoint(noPort)).toEqual(expected)
  })

  test('two listeners on one host are told apart by the port', () => {
    const bound = [{ host: '127.0.0.1', port: 9097 }]
    const second = { ...plan('127.0.0.1', 9097, fixed), bound }
    const both = new Advertiser([named, second])
    expect(both.endpointFor(bound[0])).toEqual(fixed)
    expect(both.endpointFor(named.bound[0])).toEqual({ host: 'localhost', port: 9092 })
  })

  test('without a connection the first listener counts, a wildcard one as localhost', () => {
    expect(advertiser.endpointFor(undefined)).toEqual({ host: 'localhost', port: 9092 })
    expect(new Advertiser([wildcard]).default()).toEqual({ host: 'localhost', port: 9093 })
    expect(new Advertiser([outside]).default()).toEqual(fixed)
  })

  test('tells which addresses other machines can reach', () => {
    expect(exposedAddresses([named, wildcard])).toEqual(['0.0.0.0:9093'])
  })
})
