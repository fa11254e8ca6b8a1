/** Broker configs by Kafka's dotted names. */
export type Settings = Readonly<Record<string, string>>

/** How one kind of broker is started on a folder of its own. */
export interface BrokerTarget {
  readonly name: 'odradek' | 'kafka'
  /** True if it says `odradek listening on HOST:PORT, data in DIR` when it answers. */
  readonly saysWhenReady: boolean
  /** Exit codes after SIGTERM that mean a clean stop. */
  readonly cleanExitCodes: readonly number[]
  /** Brings an empty folder into the state that the first start needs. */
  prepare(folder: string, port: number, settings: Settings): void
  /** The program and its arguments. */
  command(folder: string, port: number, settings: Settings): readonly string[]
  /** The environment that the program runs in. */
  environment(): NodeJS.ProcessEnv
}
