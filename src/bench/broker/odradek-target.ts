import { join } from 'node:path'
import { packageRoot } from '../package-root.ts'
import type { BrokerTarget } from './broker-target.ts'

/** This package's broker, as a user starts it. */
export const odradekTarget: BrokerTarget = {
  name: 'odradek',
  saysWhenReady: true,
  cleanExitCodes: [0],
  prepare: () => {},
  command(folder, port, settings) {
    const set = Object.entries(settings).flatMap(([name, value]) => ['--set', `${name}=${value}`])
    const bin = join(packageRoot, 'bin', 'odradek.js')
    // --listen would replace what the settings say about listeners.
    const isAdvertised = settings['advertised.listeners'] !== undefined
    const listen = isAdvertised
      ? ['--set', `listeners=PLAINTEXT://127.0.0.1:${port}`]
      : ['--listen', `127.0.0.1:${port}`]
    const data = settings['log.dirs'] === undefined ? ['--data', join(folder, 'data')] : []
    return [process.execPath, bin, 'start', ...listen, ...data, ...set]
  },
  environment() {
    // Where it is set, Node 20 reads those certificates at its start, TLS or not.
    const { NODE_EXTRA_CA_CERTS: _, ...others } = process.env
    return others
  },
}
