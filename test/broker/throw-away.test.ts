import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Broker } from '../../src/broker/index.ts'
import type { BrokerOptions } from '../../src/broker/options.ts'
import { brokerSettings } from '../../src/broker/settings.ts'
import { completeOptions } from '../../src/broker/throw-away.ts'
import { metadataApi } from '../../src/protocol/generated/03-metadata.ts'
import { RawConnection } from '../conformance/raw-connection.ts'
import { ask } from '../conformance/typed-request.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'odradek-throw-away-test-'))
  vi.stubEnv('TMPDIR', folder)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

describe('options that are left out', () => {
  it('make a broker to throw away, on a free port of this machine', () => {
    const { options, temporaryDirectory } = completeOptions({})
    expect(options.configs).toMatchObject({ listeners: 'PLAINTEXT://127.0.0.1:0' })
    expect(options.dataDir).toBe(temporaryDirectory)
    expect(readdirSync(folder).map((name) => join(folder, name))).toEqual([temporaryDirectory])
    expect(options.configs).toMatchObject({ 'odradek.clamp.replication.factor': 'true' })
  })

  it('are no reason to change what was given', () => {
    const configs = { 'group.initial.rebalance.delay.ms': '7', listeners: 'PLAINTEXT://:0' }
    const { options } = completeOptions({ configs })
    expect(options.listen).toBeUndefined()
    expect(options.configs).toMatchObject(configs)
  })

  const kept: [string, BrokerOptions][] = [
    ['a data directory', { dataDir: 'data' }],
    ['log.dirs', { configs: { 'log.dirs': 'a,b' } }],
    ['metadata.log.dir', { configs: { 'metadata.log.dir': 'm' } }],
    ['a configuration file', { configFile: { name: 'server.properties', text: '' } }],
  ]
  it.each(kept)('keep the data where there is %s', (_, options) => {
    const completed = completeOptions(options)
    expect(completed.temporaryDirectory).toBeUndefined()
    const listening = { listeners: 'PLAINTEXT://127.0.0.1:0', ...options.configs }
    expect(completed.options.configs).toEqual(options.configFile ? undefined : listening)
    expect(readdirSync(folder)).toEqual([])
  })

  it('say where to listen with a port alone, also beside a file', () => {
    const listeners = 'PLAINTEXT://127.0.0.1:7000'
    const dataDir = 'data'
    expect(completeOptions({ port: 7000, dataDir }).options.configs).toEqual({ listeners })
    const configFile = { name: 'f', text: 'listeners=PLAINTEXT://:1\nlog.dirs=d' }
    const { options } = completeOptions({ port: 7000, configFile })
    expect(brokerSettings(options, 2).listeners).toMatchObject([
      { endpoint: { host: '127.0.0.1', port: 7000 } },
    ])
  })

  it('stand in the place of no config that is given', () => {
    const configs = { 'advertised.listeners': 'PLAINTEXT://orders.example:7000' }
    for (const options of [{ configs }, { configs, configFile: { name: 'none', text: '' } }]) {
      const { listeners, notices } = brokerSettings(completeOptions(options).options, 2)
      expect(listeners.map(({ advertised }) => advertised)).toEqual([
        { host: 'orders.example', port: 7000 },
      ])
      expect(notices).toEqual([])
    }
  })

  it('are not what is misspelt', () => {
    const misspelt = (options: object) => () => completeOptions(options)
    expect(misspelt({ datadir: 'x' })).toThrow(
      "Broker.start has no option 'datadir'; did you mean 'dataDir'?",
    )
    expect(misspelt({ config: {} })).toThrow("no option 'config'; did you mean 'configs'?")
    expect(misspelt({ colour: 'red' })).toThrow(
      /^Broker\.start has no option 'colour'; the options are advertise, clusterId, .*, topics\.$/,
    )
    expect(readdirSync(folder)).toEqual([])
  })

  it('are told of where no temporary directory can be made', () => {
    const file = join(folder, 'file')
    writeFileSync(file, '')
    vi.stubEnv('TMPDIR', file)
    expect(() => completeOptions({})).toThrow(/^No temporary data directory .*; give a dataDir, or/)
  })
})

describe('a broker to throw away', () => {
  it('takes its directory with it, when it is stopped and when it is disposed of', async () => {
    const broker = await Broker.start()
    const [host, port] = broker.bootstrapServers.split(':')
    expect(host).toBe('127.0.0.1')
    expect(Number(port)).toBeGreaterThan(0)
    expect(existsSync(join(broker.dataDirectory, 'meta.properties'))).toBe(true)
    await Promise.all([broker.stop(), broker.stop()])
    await broker.stop()
    expect(readdirSync(folder)).toEqual([])
    const other = await Broker.start()
    await other[Symbol.asyncDispose]()
    expect(readdirSync(folder)).toEqual([])
  })

  it('leaves nothing where it cannot start', async () => {
    const configs = { 'num.network.threads': '99' }
    await expect(Broker.start({ configs })).rejects.toThrow('num.network.threads is 99')
    await expect(Broker.start({ topics: { 'no such': 1 } })).rejects.toThrow(
      'The topic "no such" cannot be created: Topic name is invalid',
    )
    expect(readdirSync(folder)).toEqual([])
  })

  it('is one of several in a process, without handlers for signals', async () => {
    const before = ['SIGINT', 'SIGTERM', 'exit'].map((name) => process.listenerCount(name))
    const brokers = await Promise.all([Broker.start(), Broker.start(), Broker.start()])
    expect(new Set(brokers.map((broker) => broker.bootstrapServers)).size).toBe(3)
    const now = ['SIGINT', 'SIGTERM', 'exit'].map((name) => process.listenerCount(name))
    expect(now).toEqual(before)
    await Promise.all(brokers.map((broker) => broker.stop()))
    expect(readdirSync(folder)).toEqual([])
  })
})

describe('topics of a start', () => {
  it('are there when it resolves, and stay as they are in the next one', async () => {
    const dataDir = join(folder, 'data')
    mkdirSync(dataDir)
    const orders = { partitions: 3, configs: { 'retention.ms': '1000' } }
    for (const topics of [{ orders, mails: 2 }, { orders: 5 }, {}]) {
      const broker = await Broker.start({ dataDir, topics })
      const connection = await RawConnection.open(broker.listeners[0]?.port ?? 0)
      const { topics: listed } = await ask(connection, metadataApi, 12, { topics: null })
      connection.close()
      await broker.stop()
      const sizes = listed.map(({ name, partitions }) => `${name}: ${partitions.length}`)
      expect(sizes.sort()).toEqual(['mails: 2', 'orders: 3'])
    }
  })
})
