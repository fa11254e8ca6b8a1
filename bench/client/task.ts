/** What the bench and a client's process say to each other: a line of JSON each way. */

/** What is measured of a client. */
export type CaseName =
  | 'sends'
  | 'sends-5'
  | 'singles-100'
  | 'singles-10000'
  | 'enqueue'
  | 'idle'
  | 'one-by-one'
  | 'by-batch'

/** The bytes of each record's value; records have no key and no headers. */
export const valueBytes = 100

/** Records in one call of the cases `sends`. */
export const recordsPerSend = 1_000

/** One case for one client, in a process of its own. */
export interface Task {
  readonly case: CaseName
  /** `host:port` of the broker. */
  readonly bootstrap: string
  /** Exists, and is everybody's in this case and round. */
  readonly topic: string
  /** The broker's process, whose CPU time is read beside. */
  readonly brokerPid: number
  /** How long is measured; a third of it goes before as a warm-up. */
  readonly seconds: number
  /** Records that lie in the topic, for a case that consumes them. */
  readonly records: number
}

/** What a client did in the measured time. */
export interface Figures {
  readonly recordsPerSecond: number
  /** Processors that its process kept busy; NaN where that is not known. */
  readonly clientCpus: number
  readonly brokerCpus: number
  /** Of an idle send, from the call to its outcome. */
  readonly latencyMs?: { readonly p50: number; readonly p99: number }
}

/** A client's answer. */
export type Answer = { readonly figures: Figures } | { readonly error: string }
