import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { configuredListeners } from '../../src/broker/listener-config.ts'
import type { ListenerPlan } from '../../src/broker/listeners.ts'
import { BrokerConfig } from '../../src/metadata/config/broker-config.ts'

interface Made {
  readonly name: string
  readonly host: string
  readonly port: number
  readonly role: 'served' | 'advertised' | 'controller'
  readonly lowerCase: boolean
}

const host = fc.constantFrom('', '0.0.0.0', '127.0.0.1', '[::1]', 'kafka-1.example')
const listener: fc.Arbitrary<Made> = fc.record({
  name: fc.stringMatching(/^[A-Z][A-Z0-9._-]{0,8}$/),
  host,
  port: fc.integer({ min: 1, max: 65_535 }),
  role: fc.constantFrom('served', 'advertised', 'controller'),
  lowerCase: fc.boolean(),
})

/** Listeners that agree: each has its name and its port, and one is for clients. */
const agreeing = fc
  .uniqueArray(listener, { minLength: 1, maxLength: 6, selector: ({ name }) => name })
  .filter((made) => new Set(made.map(({ port }) => port)).size === made.length)
  .filter((made) => made.some(({ role }) => role !== 'controller'))

function written({ name, host: at, port, lowerCase }: Made): string {
  return `${lowerCase ? name.toLowerCase() : name}://${at}:${port}`
}

function read(made: readonly Made[], more: Record<string, string> = {}): ListenerPlan[] {
  const texts: Record<string, string> = {
    listeners: made.map(written).join(','),
    'listener.security.protocol.map': made.map(({ name }) => `${name}:PLAINTEXT`).join(', '),
    'controller.listener.names': made
      .filter(({ role }) => role === 'controller')
      .map(({ name }) => name)
      .join(','),
    ...more,
  }
  const advertised = made.filter(({ role }) => role === 'advertised')
  if (advertised.length > 0) {
    texts['advertised.listeners'] = advertised
      .map(({ name, port }) => `${name}://outside.example:${port}`)
      .join(',')
  }
  return configuredListeners(new BrokerConfig(new Map(Object.entries(texts))))
}

describe('listeners that agree', () => {
  it('are all there in their order, each with what it advertises', () => {
    fc.assert(
      fc.property(agreeing, (made) => {
        const clients = made.filter(({ role }) => role !== 'controller')
        const expected = clients.map(({ name, host: at, port, role }) => ({
          name,
          endpoint: { host: at.replace(/[[\]]/g, ''), port },
          advertised: role === 'advertised' ? { host: 'outside.example', port } : undefined,
        }))
        expect(read(made)).toEqual(expected)
      }),
    )
  })

  it('agree no more with a second one of a name, or without an entry in the map', () => {
    fc.assert(
      fc.property(agreeing, fc.nat(), (made, choice) => {
        const some = made[choice % made.length] as Made
        const others = made.filter((one) => one !== some)
        const again = `${written(some)},${some.name}://elsewhere.example:${some.port}`
        const listeners = [...others.map(written), again].join(',')
        expect(() => read(made, { listeners })).toThrow(`listeners names ${some.name} twice`)
        const map = others.map(({ name }) => `${name}:PLAINTEXT`).join(',')
        expect(() => read(made, { 'listener.security.protocol.map': map })).toThrow(
          `The listener ${some.name} in listeners has no security protocol`,
        )
      }),
    )
  })

  it('agree no more when all have one port, but for one of each family', () => {
    fc.assert(
      fc.property(agreeing, (made) => {
        const shared = made.map((one) => ({ ...one, port: 9092 }))
        const hosts = shared.map((one) => one.host).sort()
        const isV4 = hosts[0] === '127.0.0.1' || hosts[0] === '0.0.0.0'
        const isPair = hosts.length === 2 && isV4 && hosts[1] === '[::1]'
        const start = (): ListenerPlan[] => read(shared)
        if (made.length === 1 || isPair) expect(start).not.toThrow()
        else expect(start).toThrow('can share a port')
      }),
    )
  })
})
