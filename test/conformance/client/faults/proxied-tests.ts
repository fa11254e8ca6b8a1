/** What the files of this folder share: a broker behind a proxy, clients that end with a test. */
import { afterAll, afterEach, beforeAll } from 'vitest'
import type { BrokerProcess } from '../../broker-process.ts'
import type { Settings } from '../../broker-target.ts'
import type { FaultProxy } from './fault-proxy.ts'
import { type ProxiedBroker, proxiedBroker } from './proxied-broker.ts'
import type { Fault } from './proxied-connection.ts'

/** Repeats the random choices of a run that printed it. */
export const seed = Number(process.env['CONFORMANCE_SEED'] ?? Date.now() % 1_000_000)

/** Every way in which a connection ends at one request. */
export const cuts: readonly Fault[] = [
  { kind: 'cut-before' },
  { kind: 'cut-request' },
  { kind: 'cut-after' },
  { kind: 'cut-answer' },
]

/** The broker of a file's tests. Behind each of them faults are over and clients are ended. */
export class ProxiedTests<Client> {
  /** Clients of the present test. */
  readonly open: Client[] = []
  #here: ProxiedBroker | undefined
  #names = 0

  /** Registers hooks, which begin before those of the file and end behind them. */
  constructor(end: (client: Client) => Promise<unknown>, settings: Settings = {}) {
    beforeAll(async () => {
      console.log(`CONFORMANCE_SEED=${seed}`)
      this.#here = await proxiedBroker(settings)
    })
    afterEach(async () => {
      await this.#here?.proxy.heal()
      await Promise.all(this.open.splice(0).map(end))
    })
    afterAll(async () => {
      await this.#here?.close()
    })
  }

  get broker(): BrokerProcess {
    return this.#begun.broker
  }

  get proxy(): FaultProxy {
    return this.#begun.proxy
  }

  /** A name that no other test of the file has. */
  fresh(what: string): string {
    return `${what}-${this.#names++}`
  }

  get #begun(): ProxiedBroker {
    if (this.#here === undefined) throw new Error('the broker starts before the first test')
    return this.#here
  }
}
