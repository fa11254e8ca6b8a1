import type { HostPort } from '../../base/endpoint.ts'
import type { BackoffOptions } from './backoff.ts'
import type { NodeLinkOptions } from './node-link.ts'

/** What a `Cluster` needs to know, all of it given; times in ms. */
export interface ClusterOptions extends NodeLinkOptions {
  /** Where to ask first; at least one. */
  readonly bootstrapServers: readonly HostPort[]
  /** How long a call may take, unless it says otherwise. */
  readonly requestTimeoutMs: number
  /** Between attempts of what failed for now. */
  readonly retryBackoff: BackoffOptions
  /** Metadata older than this is asked for again. */
  readonly metadataMaxAgeMs: number
  /** Whether asking for a topic's metadata may create it, where the broker allows that. */
  readonly allowAutoTopicCreation: boolean
}
