import type { BrokerContext } from './context.ts'
import type { Call } from './handler/handler.ts'

/** A broker as a client is told about it. */
export interface LiveBroker {
  readonly nodeId: number
  readonly host: string
  readonly port: number
  readonly rack: string | null
}

/**
 * The brokers that a client may connect to, each under the address that it shall use. Our own
 * address depends on the way the client came; another broker's is the one it registered.
 */
export function liveBrokers(broker: BrokerContext, call: Call): LiveBroker[] {
  const live: LiveBroker[] = []
  for (const { id, fenced, listeners, rack } of broker.image().brokers.values()) {
    const endpoint = id === broker.nodeId ? broker.advertiser.endpointFor(call.local) : listeners[0]
    if (fenced || endpoint === undefined) continue
    live.push({ nodeId: id, host: endpoint.host, port: endpoint.port, rack })
  }
  return live
}
