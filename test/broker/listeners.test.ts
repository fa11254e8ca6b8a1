import { describe, expect, test } from 'vitest'
import type { HostPort } from '../../src/base/endpoint.ts'
import {
  Advertiser,
  bindListeners,
  describeListeners,
  exposedAddresses,
  type ListenerPlan,
  parseListenerList,
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

  test('without a connection the first listener counts, a wildcard one as localhost', () => {
    expect(advertiser.endpointFor(undefined)).toEqual({ host: 'localhost', port: 9092 })
    expect(new Advertiser([wildcard]).default()).toEqual({ host: 'localhost', port: 9093 })
    expect(new Advertiser([outside]).default()).toEqual(fixed)
  })

  test('tells which addresses other machines can reach', () => {
    expect(exposedAddresses([named, wildcard])).toEqual(['0.0.0.0:9093'])
  })
})

describe("Kafka's listeners config", () => {
  const protocols = new Map([['CLIENT', 'PLAINTEXT']])

  test('reads names, addresses and ports, and leaves controller listeners out', () => {
    const entries = ['PLAINTEXT://:9092', 'client://[::1]:9094', 'CONTROLLER://:9093']
    const ignored = new Set(['CONTROLLER'])
    expect(parseListenerList('listeners', entries, protocols, ignored)).toEqual([
      { name: 'PLAINTEXT', endpoint: { host: '', port: 9092 } },
      { name: 'CLIENT', endpoint: { host: '::1', port: 9094 } },
    ])
  })

  test('refuses what it cannot serve, and names it', () => {
    const parse = (entry: string) => parseListenerList('listeners', [entry], protocols, new Set())
    expect(() => parse('SSL://:9093')).toThrow('"SSL://:9093" in listeners is of protocol SSL')
    expect(() => parse('localhost:9092')).toThrow('"localhost:9092" in listeners')
  })
})
