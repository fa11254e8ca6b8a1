import { describe, expect, it } from 'vitest'
import { configuredListeners, controllerListener } from '../../src/broker/listener-config.ts'
import type { ListenerPlan } from '../../src/broker/listeners.ts'
import { readBrokerConfig } from '../../src/metadata/config/broker-config.ts'

const map = 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,INSIDE:PLAINTEXT,OUTSIDE:PLAINTEXT'

function configOf(settings: Record<string, string>) {
  const { config, problem } = readBrokerConfig({ overrides: Object.entries(settings) })
  if (config === undefined) throw new Error(problem)
  return config
}

/** Reads listeners; the map knows four names unless it is given. */
function read(settings: Record<string, string>): ListenerPlan[] {
  return configuredListeners(configOf({ 'listener.security.protocol.map': map, ...settings }))
}

const controller = ',CONTROLLER://:9093'

describe('listeners', () => {
  it('have names, addresses and ports, and what each advertises', () => {
    const listeners = `PLAINTEXT://:9092,inside://[::1]:9094,OUTSIDE://0.0.0.0:9095${controller}`
    const advertised = 'OUTSIDE://kafka.example:19095,INSIDE://:0,CONTROLLER://a:9093'
    expect(read({ listeners, 'advertised.listeners': advertised })).toEqual([
      { name: 'PLAINTEXT', endpoint: { host: '', port: 9092 }, advertised: undefined },
      { name: 'INSIDE', endpoint: { host: '::1', port: 9094 }, advertised: { host: '', port: 0 } },
      {
        name: 'OUTSIDE',
        endpoint: { host: '0.0.0.0', port: 9095 },
        advertised: { host: 'kafka.example', port: 19095 },
      },
    ])
  })

  it('need no map where their names are protocols, nor does the controller', () => {
    const settings = {
      listeners: 'PLAINTEXT://:9092,PEER://:9093',
      'controller.listener.names': 'PEER',
    }
    expect(configuredListeners(configOf(settings)).map(({ name }) => name)).toEqual(['PLAINTEXT'])
    expect(configuredListeners(configOf({})).map(({ name }) => name)).toEqual(['PLAINTEXT'])
  })

  /** Apache Kafka 4.3.1 takes these too. */
  it.each<Record<string, string>>([
    { listeners: 'PLAINTEXT://127.0.0.1:9092,OUTSIDE://[::1]:9092' },
    { listeners: 'PLAINTEXT://127.0.0.1:0,OUTSIDE://127.0.0.1:0' },
    { 'early.start.listeners': 'plaintext,CONTROLLER' },
    { listeners: 'PLAINTEXT://:9092', 'inter.broker.listener.name': 'plaintext' },
    {
      listeners: 'PLAINTEXT://:9092,OUTSIDE://:9094',
      'advertised.listeners': 'PLAINTEXT://a:9092,OUTSIDE://a:9092',
    },
    {
      listeners: 'OUT-SIDE.1://:9092',
      'listener.security.protocol.map': 'controller:plaintext, out-side.1:plaintext',
    },
    { 'listener.security.protocol.map': 'PLAINTEXT:SSL,PLAINTEXT:PLAINTEXT' },
  ])('are taken: %j', (settings) => {
    expect(read(settings).length).toBeGreaterThan(0)
  })

  /** Apache Kafka 4.3.1 refuses these too, for the same reasons. */
  it.each<[Record<string, string>, string]>([
    [
      { listeners: 'PLAINTEXT://:9092,plaintext://:9094' },
      'listeners names PLAINTEXT twice; each listener needs its own name.',
    ],
    [
      { listeners: 'PLAINTEXT://127.0.0.1:9092,OUTSIDE://10.0.0.1:9092' },
      'listeners gives port 9092 to PLAINTEXT and OUTSIDE; ' +
        'only an IPv4 and an IPv6 address can share a port.',
    ],
    [
      { listeners: 'PLAINTEXT://localhost:9092,OUTSIDE://[::1]:9092' },
      'listeners gives port 9092 to PLAINTEXT and OUTSIDE',
    ],
    [
      { listeners: 'PLAINTEXT://127.0.0.1:1,OUTSIDE://[::1]:1,INSIDE://[::1]:1' },
      'listeners gives port 1 to PLAINTEXT and OUTSIDE and INSIDE',
    ],
    [
      { listeners: 'PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.2:9092' },
      'listeners gives port 9092 to PLAINTEXT and CONTROLLER',
    ],
    [
      { listeners: `PLAINTEXT://:9092,FOO://:9094${controller}` },
      'The listener FOO in listeners has no security protocol; ' +
        'name it in listener.security.protocol.map, for example as FOO:PLAINTEXT.',
    ],
    [
      {
        listeners: `PLAINTEXT://:9092${controller}`,
        'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT',
      },
      'The listener CONTROLLER in listeners has no security protocol',
    ],
    [{ 'listener.security.protocol.map': '' }, 'The listener PLAINTEXT in listeners has no'],
    [
      { 'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,X:FOO' },
      '"X:FOO" in listener.security.protocol.map is no entry of it: it must be NAME:PROTOCOL, ' +
        'a protocol being PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL.',
    ],
    [{ 'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,X' }, '"X" in listener.security'],
    [{ 'listener.security.protocol.map': ':SSL' }, '":SSL" in listener.security'],
    [{ listeners: 'localhost:9092' }, '"localhost:9092" in listeners is not of the form'],
    [{ listeners: 'CONTROLLER://:9093' }, 'listeners names no listener that clients can use.'],
    [
      { 'advertised.listeners': 'PLAINTEXT://a:9092,OUTSIDE://b:9094' },
      'advertised.listeners names OUTSIDE, which is no listener: listeners has PLAINTEXT.',
    ],
    [
      { 'advertised.listeners': 'PLAINTEXT://a:9092,FOO://b:9094' },
      'The listener FOO in advertised.listeners has no security protocol',
    ],
    [
      { 'advertised.listeners': 'PLAINTEXT://a:9092,PLAINTEXT://b:9094' },
      'advertised.listeners names PLAINTEXT twice',
    ],
    [
      { 'advertised.listeners': 'PLAINTEXT://0.0.0.0:9092' },
      'advertised.listeners cannot advertise 0.0.0.0; ' +
        'name a host or an address that clients can reach.',
    ],
    [
      { 'advertised.listeners': 'PLAINTEXT://a:9092,CONTROLLER://0.0.0.0:9093' },
      'advertised.listeners cannot advertise 0.0.0.0',
    ],
    [
      { 'advertised.listeners': 'CONTROLLER://a:9093' },
      'advertised.listeners names no listener that clients can use.',
    ],
    [
      { 'advertised.listeners': 'PLAINTEXT://a b:9092' },
      '"PLAINTEXT://a b:9092" in advertised.listeners is not of the form',
    ],
    [
      { 'inter.broker.listener.name': 'FOO' },
      'inter.broker.listener.name is FOO; those of brokers are PLAINTEXT.',
    ],
    [
      { listeners: `PLAINTEXT://:9092${controller}`, 'inter.broker.listener.name': 'CONTROLLER' },
      'inter.broker.listener.name is CONTROLLER; those of brokers are PLAINTEXT.',
    ],
    [
      {
        'inter.broker.listener.name': 'PLAINTEXT',
        'security.inter.broker.protocol': 'PLAINTEXT',
      },
      'inter.broker.listener.name and security.inter.broker.protocol are both set; leave one out.',
    ],
    [
      { 'early.start.listeners': 'PLAINTEXT,OUTSIDE' },
      'early.start.listeners names OUTSIDE, which is no listener.',
    ],
  ])('are refused: %j', (settings, sentence) => {
    expect(() => read(settings)).toThrow(sentence)
  })

  it('are refused where Odradek cannot serve them yet, or nobody could connect', () => {
    expect(() => configuredListeners(configOf({ listeners: 'SSL://:9093' }))).toThrow(
      'The listener SSL is of protocol SSL; only PLAINTEXT listeners are served yet.',
    )
    const secret = { 'listener.security.protocol.map': 'PLAINTEXT:SASL_SSL' }
    expect(() => read(secret)).toThrow('The listener PLAINTEXT is of protocol SASL_SSL')
    const unspecified = { 'advertised.listeners': 'PLAINTEXT://[::]:9092' }
    expect(() => read(unspecified)).toThrow('advertised.listeners cannot advertise ::')
  })
})

describe("the controller's listener", () => {
  const found = (settings: Record<string, string>) => controllerListener(configOf(settings))

  it('is that of listeners, else always the same', () => {
    const listeners = 'PLAINTEXT://:9092,PEER://10.0.0.1:7000'
    expect(found({ listeners, 'controller.listener.names': 'peer' })).toEqual({
      name: 'peer',
      endpoint: { host: '10.0.0.1', port: 7000 },
    })
    const byDefault = { name: 'CONTROLLER', endpoint: { host: 'localhost', port: 9093 } }
    expect(found({})).toEqual(byDefault)
    expect(found({ listeners: 'PLAINTEXT://:1,CONTROLLER://:9093' })).toEqual(byDefault)
  })
})
