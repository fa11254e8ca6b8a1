/** Brokers of a test's own: they answer what every client asks, and the rest as a test says. */

import type { AnyApi, Api } from '../../../src/protocol/codec.ts'
import { type MetadataRequest, metadataApi } from '../../../src/protocol/generated/03-metadata.ts'
import { findCoordinatorApi } from '../../../src/protocol/generated/10-find-coordinator.ts'
import { apiVersionsApi } from '../../../src/protocol/generated/18-api-versions.ts'
import { encodeResponseFrame, openRequest } from '../../../src/protocol/header.ts'
import { scriptedBroker } from '../../transport/scripted-broker.ts'
import { partitionOf } from './metadata-answers.ts'

/** A request as a broker of the test sees it. */
export interface SeenRequest {
  readonly node: number
  readonly key: number
  readonly version: number
  readonly body: unknown
}

/** Answers a request: a response, or nothing at all. */
export type Answer = (request: SeenRequest) => unknown

interface FakeOptions {
  /** Beside Metadata, FindCoordinator and ApiVersions. */
  readonly apis?: readonly AnyApi[]
  readonly answer?: Answer
  /** Topics that exist, with their number of partitions; node 1 leads all. */
  readonly topics?: Map<string, number>
  readonly nodes?: number
}

type Running = Awaited<ReturnType<typeof scriptedBroker>>

/** Brokers 1, 2, ... on ports of their own. */
export class FakeCluster {
  readonly seen: SeenRequest[] = []
  readonly topics: Map<string, number>
  /** Overrides what a broker answers; undefined in the map means silence. */
  answer: Answer
  throttleTimeMs = 0
  readonly #apis: ReadonlyMap<number, AnyApi>
  readonly #running = new Map<number, Running>()

  private constructor(options: FakeOptions) {
    this.topics = options.topics ?? new Map()
    this.answer = options.answer ?? (() => useDefault)
    const apis = [metadataApi, findCoordinatorApi, apiVersionsApi, ...(options.apis ?? [])]
    this.#apis = new Map(apis.map((api) => [api.key, api]))
  }

  static async start(options: FakeOptions = {}): Promise<FakeCluster> {
    const cluster = new FakeCluster(options)
    for (let node = 1; node <= (options.nodes ?? 1); node++) await cluster.startNode(node)
    return cluster
  }

  /** Where the brokers listen. */
  get endpoints() {
    return [...this.#running.values()].map(({ endpoint }) => endpoint)
  }

  async startNode(node: number, port = 0): Promise<void> {
    const broker = await scriptedBroker((frame, socket) => {
      const opened = openRequest(frame)
      if (typeof opened === 'string') throw new Error(opened)
      const { head, reader } = opened
      const api = this.#apis.get(head.apiKey) as Api<unknown, unknown, unknown, unknown> | undefined
      if (api === undefined) throw new Error(`API ${head.apiKey} is not served`)
      const body = api.request.decode(reader, head.apiVersion)
      const request = { node, key: head.apiKey, version: head.apiVersion, body }
      if (head.apiKey !== apiVersionsApi.key) this.seen.push(request)
      const told = this.answer(request)
      if (told === hangUp) {
        socket.destroy()
        return undefined
      }
      const response = told === useDefault ? this.#default(request) : told
      if (response === undefined) return undefined
      const frameOut = encodeResponseFrame(api, head.apiVersion, head.correlationId, response)
      return frameOut.subarray(4)
    }, port)
    this.#running.set(node, broker)
  }

  /** Ends a broker with its connections; returns where it was. */
  async stopNode(node: number): Promise<number> {
    const running = this.#running.get(node)
    this.#running.delete(node)
    await running?.close()
    return running?.endpoint.port ?? 0
  }

  async close(): Promise<void> {
    for (const node of [...this.#running.keys()]) await this.stopNode(node)
  }

  /** Connections that stand. */
  get sockets(): number {
    return [...this.#running.values()].reduce((sum, { open }) => sum + open(), 0)
  }

  /** How often an API was asked for. */
  count(api: AnyApi): number {
    return this.seen.filter(({ key }) => key === api.key).length
  }

  #default(request: SeenRequest): unknown {
    if (request.key === metadataApi.key) return this.#metadata(request.body as MetadataRequest)
    if (request.key === apiVersionsApi.key) {
      const apiKeys = [...this.#apis.values()].map((api) => ({
        apiKey: api.key,
        minVersion: api.request.versionMin,
        maxVersion: api.request.versionMax,
      }))
      return { errorCode: 0, apiKeys }
    }
    const node = Math.max(...this.#running.keys())
    const { host, port } = this.#running.get(node)!.endpoint
    const { coordinatorKeys } = request.body as { coordinatorKeys: string[] }
    const found = { nodeId: node, host, port, errorCode: 0, errorMessage: null }
    return request.version >= 4
      ? { coordinators: coordinatorKeys.map((key) => ({ key, ...found })) }
      : found
  }

  #metadata({ topics }: MetadataRequest): unknown {
    const names = topics?.map(({ name }) => name ?? '') ?? [...this.topics.keys()]
    return {
      throttleTimeMs: this.throttleTimeMs,
      brokers: [...this.#running].map(([nodeId, { endpoint }]) => ({ nodeId, ...endpoint })),
      clusterId: 'fake',
      controllerId: Math.min(...this.#running.keys()),
      topics: names.map((name) => {
        const count = this.topics.get(name)
        const partitions = Array.from({ length: count ?? 0 }, (_, at) => partitionOf(at, 1, 0))
        return { errorCode: count === undefined ? 3 : 0, name, isInternal: false, partitions }
      }),
    }
  }
}

/** What an answer returns to leave it to the fake. */
export const useDefault: unique symbol = Symbol('default')
/** What an answer returns to end the connection. */
export const hangUp: unique symbol = Symbol('hang up')
