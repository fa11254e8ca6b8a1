import { assert } from '../../base/assert.ts'
import { formatHostPort } from '../../base/endpoint.ts'
import type { AnyApi, Api } from '../../protocol/codec.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import { metadataApi } from '../../protocol/generated/03-metadata.ts'
import { findCoordinatorApi } from '../../protocol/generated/10-find-coordinator.ts'
import type { BrokerConnection, RequestOf, VersionRange } from '../../transport/index.ts'
import { ClientError, NetworkError, ProtocolError, TimeoutError } from '../error.ts'
import { clientError, closedError, saysMetadataIsOld } from './broker-error.ts'
import type { ClusterOptions } from './cluster-options.ts'
import { Coordinators, type CoordinatorType } from './coordinators.ts'
import { type NetworkEnvironment, systemEnvironment } from './environment.ts'
import { type LeaderHint, Metadata, type NodeInfo, type TopicInfo } from './metadata.ts'
import { MetadataRefresher } from './metadata-refresher.ts'
import type { LinkBreak, NodeLink } from './node-link.ts'
import { type Channel, listServers, NodeLinks } from './node-links.ts'
import { RequestLog, type RequestStatistics } from './request-log.ts'
import { Deadline, retrying, within } from './retry.ts'

/** A node id, any broker, or the one that takes requests for the controller. */
export type Target = number | 'any' | 'controller'

/** What one call may say for itself. */
export interface ClusterCallOptions {
  /** For the connection and the answer together; `requestTimeoutMs` unless given. */
  readonly timeoutMs?: number
  /** `main` unless given. */
  readonly channel?: Channel
  /** The highest version to send, where a later one asks for what the caller does not have. */
  readonly versionMax?: number
  /**
   * Called exactly once, when the request's byte fields may be used again: the socket has taken
   * them, or never will. Large ones (record batches) are not copied before that.
   */
  readonly written?: () => void
}

/** What a client has done with its cluster so far. */
export interface ClusterStatistics {
  /** Connections that stand, as `1 main`, with the requests that wait on each. */
  readonly connections: readonly { readonly node: string; readonly load: number }[]
  /** By Kafka's name of the request. */
  readonly requests: Readonly<Record<string, RequestStatistics>>
}

/** The way to a broker, and what is left of the call's time. */
interface Located {
  readonly link: NodeLink
  readonly options: ClusterCallOptions
}

interface LinkCallOptions extends ClusterCallOptions {
  /** The call is what refreshes metadata: its failure must not ask for another refresh. */
  readonly isRefresh?: true
}

/**
 * A cluster as one client sees it: what it knows of it, and the connections to its brokers. Calls
 * to one broker on one channel go out in the order in which they are made, and are answered in it.
 *
 * Everything rejects with the errors of `error.ts`. Nothing is tried twice here, metadata apart:
 * who calls knows what may be repeated ({@link retrying} helps).
 */
export class Cluster {
  readonly options: ClusterOptions
  readonly environment: NetworkEnvironment
  readonly #metadata = new Metadata()
  readonly #links: NodeLinks
  readonly #refresher: MetadataRefresher
  readonly #coordinators: Coordinators
  readonly #log: RequestLog
  /** Ends connections that are being opened. */
  readonly #end = new AbortController()
  #isClosed = false

  constructor(options: ClusterOptions, environment: NetworkEnvironment = systemEnvironment) {
    assert(options.requestTimeoutMs > 0, 'a call gets time')
    assert(options.bootstrapServers.length > 0, 'there is somebody to ask')
    this.options = options
    this.environment = environment
    this.#log = new RequestLog(options.connection.clientId)
    const connection = { ...options.connection, signal: this.#end.signal }
    this.#links = new NodeLinks(
      options.bootstrapServers,
      { ...options, connection },
      environment,
      (nodeId, channel, what) => this.#broke(nodeId, channel, what),
    )
    this.#refresher = new MetadataRefresher(
      options,
      environment,
      this.#metadata,
      this.#links,
      (link, request) => this.#send(link, metadataApi, request, { isRefresh: true }),
    )
    this.#coordinators = new Coordinators(
      (request) => this.call('any', findCoordinatorApi, request),
      (node) => this.#learnNode(node),
    )
  }

  /** What is known now. Read it; it changes with every answer. */
  get metadata(): Omit<Metadata, 'update' | 'forget' | 'addNodes' | 'learnLeader'> {
    return this.#metadata
  }

  /** Whether {@link close} was called. */
  get isClosed(): boolean {
    return this.#isClosed
  }

  /**
   * What is known of a topic, which is kept fresh from now on as long as somebody looks at it now
   * and then; undefined until an answer has told of it. Cheap enough for every batch.
   */
  topic(name: string): TopicInfo | undefined {
    this.#refresher.want(name)
    return this.#metadata.topics.get(name)
  }

  /**
   * A topic, asked for until it is known. Rejects at once when the brokers refuse it for good, and
   * after `timeoutMs` with what the last attempt said, such as UNKNOWN_TOPIC_OR_PARTITION.
   */
  async awaitTopic(name: string, timeoutMs: number): Promise<TopicInfo> {
    const known = this.topic(name)
    if (known !== undefined) return known
    return this.retrying(`Topic ${name} was not found`, timeoutMs, async ({ leftMs }) => {
      this.#refresher.want(name)
      await this.refresh(leftMs)
      const found = this.#metadata.topics.get(name)
      if (found !== undefined) return found
      throw this.faultOf(name) ?? topicError(name, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
    })
  }

  /** Why a topic is not known: what a broker said of it, or why none could be asked. */
  faultOf(name: string): ClientError | undefined {
    const code = this.#metadata.faultOf(name)
    return code === undefined ? this.#refresher.failure : topicError(name, code)
  }

  /** Asks for all topics from now on (patterns need that); the result ends it. */
  wantAllTopics(): () => void {
    return this.#refresher.wantAll()
  }

  /**
   * Resolves with an answer that was asked for after this call; all who ask at once share one
   * request. Rejects when no broker can be reached, or none answers within `timeoutMs`: with what
   * the last attempt said, if there was one that failed.
   */
  refresh(timeoutMs: number = Infinity): Promise<void> {
    const message = `No broker told of the cluster within ${Math.round(timeoutMs)} ms.`
    const late = (): ClientError => this.#refresher.failure ?? new TimeoutError(message)
    return within(timeoutMs, this.environment, this.#refresher.refresh(), late)
  }

  /** As {@link refresh}, for who does not wait: it is tried until it succeeds. */
  requestRefresh(): void {
    this.#refresher.poke()
  }

  /** Calls `listener` whenever metadata has come in; the result ends that. */
  onUpdate(listener: () => void): () => void {
    return this.#refresher.onUpdate(listener)
  }

  /**
   * Takes the leaders that an answer to Produce or Fetch named, and the brokers' places (KIP-951).
   * Returns whether any of it was news.
   */
  learnLeaders(leaders: readonly LeaderHint[], nodes: readonly NodeInfo[]): boolean {
    this.#metadata.addNodes(nodes)
    this.#links.follow(this.#metadata.nodes)
    const news = leaders.filter((leader) => this.#metadata.learnLeader(leader)).length > 0
    if (news) this.#refresher.announce()
    return news
  }

  /**
   * Sends a request and resolves with its answer, whose error codes are for the caller to read. A
   * function as `request` gets the version in which it will go out.
   */
  call<Request, RequestInput, Response, ResponseInput>(
    target: Target,
    api: Api<Request, RequestInput, Response, ResponseInput>,
    request: RequestOf<RequestInput>,
    options: ClusterCallOptions = {},
  ): Promise<Response> {
    const link = this.#linkTo(target, options.channel)
    if (link !== undefined) return this.#send(link, api, request, options)
    return this.#locate(target, options).then(
      (found) => this.#send(found.link, api, request, found.options),
      (error: unknown) => {
        options.written?.()
        throw error
      },
    )
  }

  /**
   * Sends a request that is not answered (Produce with acks 0). Resolves when its byte fields may
   * be used again, which they may too when it rejects: a broker that does not take the request in
   * its time is cut off.
   */
  async tell<Request, RequestInput, Response, ResponseInput>(
    target: Target,
    api: Api<Request, RequestInput, Response, ResponseInput>,
    request: RequestOf<RequestInput>,
    options: ClusterCallOptions = {},
  ): Promise<void> {
    const found = await this.#reach(target, options)
    return this.#use(found.link, found.options, (connection, timeoutMs) =>
      connection.tell(api, request, { ...options, timeoutMs }),
    )
  }

  /** The version in which an API goes out to a broker; connects if need be. */
  async versionOf(target: Target, api: AnyApi, options: ClusterCallOptions = {}): Promise<number> {
    const found = await this.#reach(target, options)
    return this.#use(found.link, found.options, async (connection) => connection.versionOf(api))
  }

  /** All versions that a broker serves, by API key; connects if need be. */
  async versions(
    target: Target,
    options: ClusterCallOptions = {},
  ): Promise<ReadonlyMap<number, VersionRange>> {
    const found = await this.#reach(target, options)
    return this.#use(found.link, found.options, async (connection) => connection.versions)
  }

  /**
   * Node id of a group's or transactional id's coordinator; remembered until
   * {@link forgetCoordinator} or until that broker goes away. Tried until `timeoutMs` are over.
   */
  coordinator(type: CoordinatorType, key: string, timeoutMs: number): Promise<number> {
    const what = `The coordinator of ${type} ${key} was not found`
    let said: ClientError = new TimeoutError('No broker told of it.')
    return this.retrying(what, timeoutMs, async ({ leftMs }) => {
      try {
        // Who asks at once shares a question, and each has a time of his own.
        const found = this.#coordinators.find(type, key)
        return await within(leftMs, this.environment, found, () => said)
      } catch (error) {
        if (error instanceof ClientError) said = error
        throw error
      }
    })
  }

  /** The coordinator said NOT_COORDINATOR, or does not answer: the next who asks looks again. */
  forgetCoordinator(type: CoordinatorType, key: string): void {
    this.#coordinators.forget(type, key)
  }

  /** {@link retrying} with this cluster's backoff, time and randomness. */
  retrying<T>(
    what: string,
    timeoutMs: number,
    attempt: (deadline: Deadline) => Promise<T>,
  ): Promise<T> {
    return retrying(what, timeoutMs, this.options.retryBackoff, this.environment, attempt)
  }

  /** Connections that stand, and what has been asked of the brokers so far. */
  statistics(): ClusterStatistics {
    return { connections: this.#links.loads(), requests: this.#log.snapshot() }
  }

  /** Closes all connections; calls that wait, and those to come, reject with a `ClosedError`. */
  close(): void {
    this.#isClosed = true
    this.#refresher.close()
    this.#links.close()
    this.#end.abort()
  }

  /** Undefined when metadata has to tell first. */
  #linkTo(target: Target, channel: Channel = 'main'): NodeLink | undefined {
    const { nodes, controllerId } = this.#metadata
    if (target === 'any') {
      const [best] = this.#links.inOrder(nodes)
      return best
    }
    const node = nodes.get(target === 'controller' ? controllerId : target)
    return node === undefined ? undefined : this.#links.to(node, channel)
  }

  async #reach(target: Target, options: ClusterCallOptions): Promise<Located> {
    const link = this.#linkTo(target, options.channel)
    return link === undefined ? this.#locate(target, options) : { link, options }
  }

  /** Asks for metadata, which takes of the call's time. */
  async #locate(target: Target, options: ClusterCallOptions): Promise<Located> {
    if (this.#isClosed) throw closedError('Cannot call a broker')
    const { timeoutMs = this.options.requestTimeoutMs } = options
    const deadline = new Deadline(this.environment.clock, timeoutMs)
    await this.refresh(timeoutMs)
    const link = this.#linkTo(target, options.channel)
    if (link !== undefined) return { link, options: { ...options, timeoutMs: deadline.leftMs } }
    const servers = listServers(this.options.bootstrapServers)
    const what = typeof target === 'number' ? `broker ${target}` : `${target} broker`
    throw new NetworkError(`The cluster at ${servers} has no ${what} at the moment.`)
  }

  #send<Request, RequestInput, Response, ResponseInput>(
    link: NodeLink,
    api: Api<Request, RequestInput, Response, ResponseInput>,
    request: RequestOf<RequestInput>,
    options: LinkCallOptions,
  ): Promise<Response> {
    const startMs = this.environment.clock.monotonicMs()
    let responseBytes = 0
    const received = (bytes: number): void => {
      responseBytes = bytes
    }
    const ended = (error?: unknown): void => {
      const durationMs = this.environment.clock.monotonicMs() - startMs
      assert(durationMs >= 0, 'a call ends after it began')
      const broker = formatHostPort(link.endpoint)
      const failed = error === undefined ? {} : { error }
      this.#log.ended({ api: api.name, broker, startMs, durationMs, responseBytes, ...failed })
    }
    const sent = this.#use(link, options, async (connection, timeoutMs) => {
      const response = await connection.call(api, request, { ...options, timeoutMs, received })
      const { throttleTimeMs = 0 } = response as { readonly throttleTimeMs?: number }
      if (throttleTimeMs > 0) link.mute(throttleTimeMs)
      return response
    })
    sent.then(() => ended(), ended)
    return sent
  }

  /** Runs `work` on the link's connection; `work` sends before it first waits. */
  #use<T>(
    link: NodeLink,
    options: LinkCallOptions,
    work: (connection: BrokerConnection, timeoutMs: number) => Promise<T>,
  ): Promise<T> {
    const { clock } = this.environment
    const timeoutMs = options.timeoutMs ?? this.options.requestTimeoutMs
    assert(!Number.isNaN(timeoutMs), 'a call has its time')
    // Timers are late on a busy machine: what was left when the caller looked may be over.
    if (timeoutMs <= 0) {
      options.written?.()
      const peer = formatHostPort(link.endpoint)
      return Promise.reject(new TimeoutError(`No time was left to call ${peer}.`))
    }
    const startMs = clock.monotonicMs()
    return new Promise((resolve, reject) => {
      const fail = (error: unknown): void =>
        reject(this.#isClosed ? closedError('Cannot call a broker') : clientError(error))
      link.acquire(
        timeoutMs,
        (connection) => {
          const leftMs = Math.max(1, timeoutMs - (clock.monotonicMs() - startMs))
          work(connection, leftMs).then(resolve, fail)
        },
        (error) => {
          options.written?.()
          if (options.isRefresh !== true && saysMetadataIsOld(error)) this.requestRefresh()
          fail(error)
        },
      )
    })
  }

  #learnNode(node: NodeInfo): void {
    assert(node.nodeId >= 0, 'a coordinator that was found has an id')
    const known = this.#metadata.nodes.get(node.nodeId)
    this.#metadata.addNodes([{ ...node, rack: node.rack ?? known?.rack ?? null }])
    this.#links.follow(this.#metadata.nodes)
  }

  /**
   * A broker that hangs up may be going: others lead now what it led. Who could not connect asks
   * for metadata himself, unless that is what he was about.
   */
  #broke(nodeId: number, channel: Channel, what: LinkBreak): void {
    if (this.#isClosed) return
    assert(nodeId >= 0, 'bootstrap servers are not reported')
    if (channel !== 'fetch') this.#coordinators.forgetNode(nodeId)
    if (what === 'broken') this.#refresher.poke()
  }
}

function topicError(name: string, code: number): ProtocolError {
  assert(code !== ErrorCode.NONE, 'an error has a code')
  return new ProtocolError(`Cannot use topic ${name}`, code)
}
