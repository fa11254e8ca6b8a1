import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { BrokerOptions } from '../../src/broker/options.ts'
import { type BrokerSettings, brokerSettings } from '../../src/broker/settings.ts'

const settings = (config: Record<string, string>, options: BrokerOptions = {}): BrokerSettings =>
  brokerSettings({ configs: config, ...options }, 6)

describe('the log directories', () => {
  it('are those of log.dirs, else of log.dir, the metadata log in the first', () => {
    const { directories } = settings({ 'log.dirs': '/a, /b/../c', 'log.dir': '/d' })
    expect(directories).toEqual({ data: ['/a', '/c'], metadata: '/a' })
    expect(settings({ 'log.dir': '/d' }).directories).toEqual({ data: ['/d'], metadata: '/d' })
    expect(settings({}).directories.data).toEqual([resolve('odradek-data')])
  })

  it('are the one that the caller names, whatever is configured', () => {
    const config = { 'log.dirs': '/a,/b', 'metadata.log.dir': '/m' }
    const { directories } = settings(config, { dataDir: 'data' })
    expect(directories).toEqual({ data: [resolve('data')], metadata: resolve('data') })
  })

  it('have the metadata log where metadata.log.dir says, among them or beside them', () => {
    const metadataDirectory = (name: string): string =>
      settings({ 'log.dirs': '/a,/b', 'metadata.log.dir': name }).directories.metadata
    expect(metadataDirectory('/b')).toBe('/b')
    expect(metadataDirectory('/m')).toBe('/m')
  })

  it('are each named once', () => {
    const repeated = { 'log.dirs': '/a,/b,/b/.' }
    expect(() => settings(repeated)).toThrow('log.dirs names /b twice; name it once.')
  })
})

describe('an option that stands in the place of configs', () => {
  it('says so where they are set', () => {
    const config = {
      'log.dirs': '/a',
      'metadata.log.dir': '/m',
      'advertised.listeners': 'PLAINTEXT://a:1',
    }
    const { notices } = settings(config, { dataDir: 'data', listen: '127.0.0.1:0' })
    expect(notices).toEqual([
      'The option for the address to listen on stands in the place of advertised.listeners.',
      'The option for the data directory stands in the place of log.dirs, metadata.log.dir.',
    ])
  })

  it('says nothing where they are not', () => {
    const options = { dataDir: 'data', listen: '127.0.0.1:0' }
    expect(settings({}, options).notices).toEqual([])
    expect(settings({ 'log.dirs': '/a', listeners: 'PLAINTEXT://:1' }).notices).toEqual([])
  })
})

describe('cordoned.log.dirs', () => {
  const cordon = (names: string) => () =>
    settings({ 'log.dirs': '/a,/b', 'cordoned.log.dirs': names })

  it('is all of the log directories, or some, however they are written', () => {
    for (const names of ['*', '/a', '/b/../a', '/a,/b', '']) expect(cordon(names)).not.toThrow()
    const config = { 'cordoned.log.dirs': 'data' }
    expect(() => settings(config, { dataDir: 'data' })).not.toThrow()
  })

  it('names no other directory, and no more than all', () => {
    const way = 'name some of the log directories, or * alone.'
    const sentence = (name: string): string =>
      `cordoned.log.dirs names ${name}, which is none of them; ${way}`
    expect(cordon('/a,/c')).toThrow(sentence('/c'))
    expect(cordon('*,/a')).toThrow(sentence('*'))
  })
})

describe('other nodes', () => {
  it('do not exist: both roles are here, and this node alone votes', () => {
    const roles = (text: string) => () => settings({ 'process.roles': text })
    expect(roles('controller,broker')).not.toThrow()
    expect(roles('broker')).toThrow('process.roles is broker; an Odradek process is broker and')
    expect(roles('controller')).toThrow('process.roles is controller;')
    const voters = (text: string) => () => settings({ 'controller.quorum.voters': text })
    expect(voters('1@localhost:9093')).not.toThrow()
    expect(voters('')).not.toThrow()
    expect(voters('1@a:9093,2@b:9093')).toThrow(
      'controller.quorum.voters names 2@b:9093, and clusters of several nodes are not built yet',
    )
  })
})

describe('num.network.threads', () => {
  it('follows the processors unless it is set', () => {
    const threads = (processors: number): number =>
      brokerSettings({}, processors).dataPlane.reactorThreads
    expect([1, 2, 3, 4, 6, 9, 64].map(threads)).toEqual([1, 2, 2, 3, 5, 8, 8])
  })

  it('is what the operator says, up to 8', () => {
    const set = (text: string): BrokerSettings => settings({ 'num.network.threads': text })
    expect(set('3').dataPlane.reactorThreads).toBe(3)
    expect(set('8').dataPlane.reactorThreads).toBe(8)
    expect(() => set('9')).toThrow('num.network.threads is 9, and a broker has 1 to 8; leave it')
    expect(() => set('0')).toThrow('num.network.threads')
  })
})

describe("sockets' buffers", () => {
  it("are Kafka's for sending and the system's for receiving, unless they are set", () => {
    const { socketSendBufferBytes, socketReceiveBufferBytes } = settings({}).dataPlane
    expect([socketSendBufferBytes, socketReceiveBufferBytes]).toEqual([102_400, -1])
    expect(settings({ 'socket.send.buffer.bytes': '-1' }).dataPlane.socketSendBufferBytes).toBe(-1)
    const receives = settings({ 'socket.receive.buffer.bytes': '65536' }).dataPlane
    expect(receives.socketReceiveBufferBytes).toBe(65_536)
  })

  it.each(['0', '-2'])('are not of %s bytes', (bytes) => {
    expect(() => settings({ 'socket.send.buffer.bytes': bytes })).toThrow(
      `socket.send.buffer.bytes is ${bytes}, and a buffer has at least 1 byte; -1 leaves its size`,
    )
    expect(() => settings({ 'socket.receive.buffer.bytes': bytes })).toThrow('at least 1 byte')
  })
})
