import { BrokerProcess } from '../../broker-process.ts'
import type { Settings } from '../../broker-target.ts'
import { hasSince } from '../kafka-version.ts'
import { FaultProxy } from './fault-proxy.ts'

/** A broker that clients reach through a proxy alone. */
export interface ProxiedBroker {
  readonly broker: BrokerProcess
  readonly proxy: FaultProxy
  close(): Promise<void>
}

/** Starts both. */
export async function proxiedBroker(settings: Settings = {}): Promise<ProxiedBroker> {
  const proxy = await FaultProxy.open()
  const advertised = { 'advertised.listeners': `PLAINTEXT://${proxy.address}` }
  const broker = await BrokerProcess.start({ settings: { ...advertised, ...settings } })
  proxy.brokerPort = broker.port
  return {
    broker,
    proxy,
    close: async () => {
      await proxy.close()
      await broker.dispose()
    },
  }
}

/**
 * Ends the broker and starts it again so that it leads in a later epoch: before Apache Kafka 4.0 a
 * kill leaves the epoch as it is, and with our broker a clean stop does.
 */
export async function renewLeaderEpochs(broker: BrokerProcess): Promise<void> {
  if (hasSince(4, 0)) await broker.kill()
  else await broker.stop()
  await broker.start()
}
