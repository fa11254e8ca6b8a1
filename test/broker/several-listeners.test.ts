/** A broker behind a port mapping, as in a container: who came by it is sent back by it. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kafka, logLevel } from 'kafkajs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { HostPort } from '../../src/base/endpoint.ts'
import { Broker } from '../../src/broker/broker.ts'
import type { Api } from '../../src/protocol/codec.ts'
import { metadataApi } from '../../src/protocol/generated/03-metadata.ts'
import { findCoordinatorApi } from '../../src/protocol/generated/10-find-coordinator.ts'
import { describeClusterApi } from '../../src/protocol/generated/60-describe-cluster.ts'
import { encodeRequestFrame, openResponse } from '../../src/protocol/header.ts'
import { RawConnection } from '../conformance/raw-connection.ts'

/** Passes connections on to another port of this machine, and counts them. */
class PortMapping {
  connections = 0
  target = 0
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor() {
    this.#server = createServer((client) => {
      this.connections++
      const broker = connect({ host: '127.0.0.1', port: this.target })
      for (const [from, to] of [
        [client, broker],
        [broker, client],
      ] as const) {
        this.#sockets.add(from)
        from.on('error', () => to.destroy()).on('close', () => to.destroy())
        from.pipe(to)
      }
    })
  }

  static async open(): Promise<PortMapping> {
    const mapping = new PortMapping()
    await new Promise<void>((resolve) => mapping.#server.listen(0, '127.0.0.1', resolve))
    return mapping
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

let folder = ''
let broker: Broker | undefined
let mapping: PortMapping

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'odradek-listeners-'))
  mapping = await PortMapping.open()
})
afterEach(async () => {
  await broker?.stop()
  broker = undefined
  await mapping.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Starts a broker with an inner listener and one that is advertised at the mapped port. */
async function start(config: Record<string, string> = {}): Promise<{ inside: HostPort }> {
  broker = await Broker.start({
    configs: {
      'log.dirs': join(folder, 'data'),
      'listener.security.protocol.map': 'INSIDE:PLAINTEXT,OUTSIDE:PLAINTEXT',
      listeners: 'INSIDE://127.0.0.1:0,OUTSIDE://127.0.0.1:0',
      'advertised.listeners': `INSIDE://inside.example:0,OUTSIDE://127.0.0.1:${mapping.port}`,
      'inter.broker.listener.name': 'INSIDE',
      'group.initial.rebalance.delay.ms': '0',
      ...config,
    },
  })
  const [inside, outside] = broker.endpoints
  mapping.target = outside?.port ?? 0
  return { inside: inside ?? { host: '', port: 0 } }
}

/** Where the broker sends a client that asks it by this port, in each answer that says so. */
async function toldBy(port: number): Promise<Record<string, HostPort>> {
  const connection = await RawConnection.open(port, '127.0.0.1')
  async function ask<Request, RequestInput, Response, ResponseInput>(
    api: Api<Request, RequestInput, Response, ResponseInput>,
    version: number,
    request: RequestInput,
  ): Promise<Response> {
    connection.send(encodeRequestFrame(api, version, 7, 'test', request))
    const frame = await connection.nextAnswer()
    if (frame === undefined) throw new Error(`the connection was closed instead of ${api.name}`)
    return api.response.decode(openResponse(api.key, version, frame).reader, version)
  }
  const cluster = { includeClusterAuthorizedOperations: false }
  const told = {
    metadata: (await ask(metadataApi, 12, { topics: [] })).brokers[0],
    coordinator: (await ask(findCoordinatorApi, 3, { key: 'g', keyType: 0 })) as HostPort,
    cluster: (await ask(describeClusterApi, 0, cluster)).brokers[0],
  }
  connection.close()
  const pairs = Object.entries(told).map(([answer, endpoint]) => {
    return [answer, { host: endpoint?.host ?? '', port: endpoint?.port ?? 0 }] as const
  })
  return Object.fromEntries(pairs)
}

describe('two listeners', () => {
  it('send each client to what the listener advertises that it came by', async () => {
    const { inside } = await start()
    const inner = { host: 'inside.example', port: inside.port }
    const outer = { host: '127.0.0.1', port: mapping.port }
    const all = (endpoint: HostPort): Record<string, HostPort> => {
      return { metadata: endpoint, coordinator: endpoint, cluster: endpoint }
    }
    expect(await toldBy(inside.port)).toEqual(all(inner))
    expect(await toldBy(mapping.port)).toEqual(all(outer))
    expect(await toldBy(mapping.target)).toEqual(all(outer))
  })

  it('let a real client work through the port mapping alone', async () => {
    await start()
    const kafka = new Kafka({
      brokers: [`127.0.0.1:${mapping.port}`],
      logLevel: logLevel.NOTHING,
    })
    const producer = kafka.producer()
    await producer.connect()
    await producer.send({ topic: 'orders', messages: [{ value: 'a' }, { value: 'b' }] })
    const consumer = kafka.consumer({ groupId: 'readers' })
    await consumer.subscribe({ topic: 'orders', fromBeginning: true })
    const values: string[] = []
    await new Promise<void>((resolve, reject) => {
      const eachMessage = async ({ message }: { message: { value: Buffer | null } }) => {
        values.push(String(message.value))
        if (values.length === 2) resolve()
      }
      consumer.run({ eachMessage }).catch(reject)
    })
    await consumer.disconnect()
    await producer.disconnect()
    expect(values).toEqual(['a', 'b'])
    // One connection to begin with, and then to the broker that the clients were told of.
    expect(mapping.connections).toBeGreaterThan(1)
  })
})

describe('a wrong combination of listeners', () => {
  it.each([
    [{ listeners: 'INSIDE://127.0.0.1:0,INSIDE://127.0.0.2:0' }, 'listeners names INSIDE twice'],
    [{ listeners: 'INSIDE://127.0.0.1:1,OUTSIDE://127.0.0.2:1' }, 'listeners gives port 1 to'],
    [{ 'advertised.listeners': 'INSIDE://0.0.0.0:1' }, 'cannot advertise 0.0.0.0'],
    [{ 'listener.security.protocol.map': 'INSIDE:PLAINTEXT' }, 'The listener OUTSIDE in listeners'],
    [{ 'inter.broker.listener.name': 'ELSEWHERE' }, 'inter.broker.listener.name is ELSEWHERE'],
    [{ 'security.inter.broker.protocol': 'PLAINTEXT' }, 'are both set; leave one out.'],
  ])('%j refuses the start, and nothing is on the disk', async (config, sentence) => {
    await expect(start(config)).rejects.toThrow(sentence)
    expect(existsSync(join(folder, 'data'))).toBe(false)
  })
})
