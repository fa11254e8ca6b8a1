import { formatHostPort, type HostPort } from '../../base/endpoint.ts'
import { Broker } from '../../broker/index.ts'
import type { OperationsServer } from '../../http/index.ts'
import { createLogger, type LogFormat, type Logger } from '../../telemetry/index.ts'
import { exitCode } from '../exit-codes.ts'
import { Interruption } from '../interruption.ts'
import { onOrphaned, startedByNpx } from '../orphan-watch.ts'
import type { Terminal } from '../terminal.ts'
import { readTextFile } from '../text-file.ts'

/** Options of `start`. */
export interface StartOptions {
  readonly listen?: readonly HostPort[]
  readonly advertise?: HostPort
  readonly data?: string
  readonly config?: string
  readonly set?: Readonly<Record<string, string>>
  readonly clusterId?: string
  readonly http?: HostPort
  readonly logFormat?: LogFormat
}

/** Longer than any process lives; Node's longest timer. */
const foreverMs = 2 ** 31 - 1

/** Runs a broker until it is told to stop. */
export async function start(options: StartOptions, terminal: Terminal): Promise<number> {
  const write = (line: string): void => terminal.err(line)
  const format = options.logFormat ?? 'text'
  const logger = createLogger({ write, now: Date.now, level: 'info', format })
  // From here on a signal means "stop", also one that comes while the broker still starts.
  const stop = new StopRequest()
  let operations: OperationsServer | undefined
  try {
    operations = await serveOperations(options.http, logger)
    return await runUntil(stop, options, logger, terminal, operations)
  } finally {
    await operations?.close()
    stop.dispose()
  }
}

/** Health and metrics, loaded where they are asked for. */
async function serveOperations(
  endpoint: HostPort | undefined,
  logger: Logger,
): Promise<OperationsServer | undefined> {
  if (endpoint === undefined) return undefined
  const { OperationsServer } = await import('../../http/index.ts')
  return await OperationsServer.listen(endpoint, logger)
}

async function runUntil(
  stop: StopRequest,
  options: StartOptions,
  logger: Logger,
  terminal: Terminal,
  operations: OperationsServer | undefined,
): Promise<number> {
  const broker = await Broker.start({
    logger,
    configs: options.set ?? {},
    configFile: options.config === undefined ? noConfigFile : configFile(options.config),
    ...(options.listen === undefined ? {} : { listen: options.listen.map(formatHostPort) }),
    ...(options.advertise === undefined ? {} : { advertise: formatHostPort(options.advertise) }),
    ...(options.data === undefined ? {} : { dataDir: options.data }),
    ...(options.clusterId === undefined ? {} : { clusterId: options.clusterId }),
  })
  operations?.attach(broker.observation)
  const listeners = broker.listeners.map(formatHostPort).join(',')
  terminal.out(`odradek listening on ${listeners}, data in ${broker.dataDirectories.join(', ')}`)
  // Signal handlers alone do not keep a process alive.
  const alive = setInterval(() => {}, foreverMs)
  const reason = await Promise.race([stop.reason, broker.failure])
  clearInterval(alive)
  if (reason instanceof Error) {
    await broker.stop().catch(() => undefined)
    throw reason
  }
  logger.info(`Stopping: ${reason}.`, { reason })
  await broker.stop()
  return exitCode.success
}

/** An empty one: what a command line leaves out is as the configs have it, nothing is temporary. */
const noConfigFile = { name: 'no file', text: '' }

function configFile(path: string): { readonly name: string; readonly text: string } {
  return { name: path, text: readTextFile('config file', path, 'latin1') }
}

/**
 * Waits for the process to be asked to stop. Asked again, by a later signal, it ends at once; the
 * next start then recovers what the clean stop would have written.
 */
class StopRequest {
  /** Resolves with why the process shall stop. */
  readonly reason: Promise<string>
  readonly #interruption = new Interruption()
  #endWatch: () => void = () => {}

  constructor() {
    const { signal } = this.#interruption
    this.reason = new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve(String(signal.reason)), { once: true })
      if (startedByNpx(process)) {
        this.#endWatch = onOrphaned(process, () => resolve('the parent process is gone'))
      }
    })
  }

  /** Gives the signals back to their default. */
  dispose(): void {
    this.#endWatch()
    this.#interruption.dispose()
  }
}
