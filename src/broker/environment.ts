/** The machine as a broker's environment. */
import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import { engineEnvironment } from '../engine/environment.ts'
import { StartError } from '../engine/start-error.ts'
import { startNativeDataPlane } from '../storage/native-data-plane.ts'
import type { BrokerEnvironment } from './options.ts'

/** What a broker runs on unless it is told otherwise. */
export const systemEnvironment: BrokerEnvironment = {
  ...engineEnvironment,
  startDataPlane: startNativeDataPlane,
  resolve: resolveHost,
}

async function resolveHost(host: string): Promise<readonly string[]> {
  if (host === '') return [wildcardAddress()]
  if (isIP(host) !== 0) return [host]
  try {
    const { lookup } = await import('node:dns/promises')
    const found = await lookup(host, { all: true, order: 'ipv4first' })
    return [...new Set(found.map(({ address }) => address))]
  } catch (cause) {
    const advice = 'listen on an address of this machine or on a name that has one'
    throw new StartError(`The host name "${host}" cannot be resolved; ${advice}.`, cause)
  }
}

/** `::` takes connections of IPv4 as well, where the machine has IPv6 at all. */
function wildcardAddress(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? [])
  return addresses.some(({ family }) => family === 'IPv6') ? '::' : '0.0.0.0'
}
