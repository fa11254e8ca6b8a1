/**
 * What a broker that is started from code is like where its options say nothing: it listens on a
 * free port of this machine, and without a data directory it is one that is thrown away, as tests
 * want it. A configuration file decides all of this itself.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { refuseUnknown } from '../base/option-rule.ts'
import type { Engine } from '../engine/engine.ts'
import { StartError } from '../engine/start-error.ts'
import { besideLog } from './open-log.ts'
import type { BrokerOptions } from './options.ts'
import { directoryConfigs } from './settings.ts'

const portMax = 65_535

/** Nothing survives, so nobody waits: for no disk, no late members of a group, no second broker. */
const throwAwayConfigs = {
  'group.initial.rebalance.delay.ms': '0',
  'log.flush.interval.messages': String(2n ** 63n - 1n),
  'odradek.clamp.replication.factor': 'true',
  'offsets.topic.num.partitions': '1',
}

/** Options without gaps, and the directory that goes when the broker stops. */
export interface CompletedOptions {
  readonly options: BrokerOptions
  /** Undefined for a broker that keeps its data. */
  readonly temporaryDirectory: string | undefined
}

/** All that can be given; the types make it complete. */
const knownOptions: Readonly<Record<keyof BrokerOptions, true>> = {
  advertise: true,
  clusterId: true,
  configFile: true,
  configs: true,
  dataDir: true,
  environment: true,
  listen: true,
  log: true,
  logger: true,
  port: true,
  topics: true,
}

/**
 * See the head of this file. Makes the temporary directory. `engine` is that of the option `log`.
 * Throws a {@link StartError}.
 */
export function completeOptions(given: BrokerOptions, engine?: Engine): CompletedOptions {
  // One that is misspelt must not become a broker that is thrown away.
  refuseUnknown('Broker.start', Object.keys(knownOptions), given, (why) => new StartError(why))
  const listening = withPort(given)
  const options = engine === undefined ? listening : besideLog(listening, engine)
  if (options.configFile !== undefined) return { options, temporaryDirectory: undefined }
  const byDefault = options.listen === undefined ? { listeners: localListener(0) } : {}
  const configs: Record<string, string> = { ...byDefault, ...options.configs }
  const keeps = options.dataDir !== undefined || directoryConfigs.some((name) => name in configs)
  if (keeps) return { options: { ...options, configs }, temporaryDirectory: undefined }
  const temporaryDirectory = makeTemporaryDirectory()
  return {
    options: {
      ...options,
      configs: { ...throwAwayConfigs, ...configs },
      dataDir: temporaryDirectory,
    },
    temporaryDirectory,
  }
}

/** As a config, so that others of listeners go with it. */
function localListener(port: number): string {
  return `PLAINTEXT://127.0.0.1:${port}`
}

/** The options with the listener that `port` stands for. */
function withPort(options: BrokerOptions): BrokerOptions {
  const { port, listen, configs = {} } = options
  if (port === undefined) return options
  const isPort = Number.isInteger(port) && port >= 0 && port <= portMax
  if (!isPort) {
    throw new StartError(`The port is ${String(port)}; it has to be one from 0 to ${portMax}.`)
  }
  const other = listen !== undefined ? "'listen'" : 'listeners' in configs ? 'listeners' : undefined
  if (other !== undefined) {
    throw new StartError(`Both 'port' and ${other} say where to listen; leave one out.`)
  }
  return { ...options, configs: { ...configs, listeners: localListener(port) } }
}

/** Removes it with all that is in it. */
export function removeTemporaryDirectory(path: string): void {
  rmSync(path, { recursive: true, force: true })
}

function makeTemporaryDirectory(): string {
  try {
    return mkdtempSync(join(tmpdir(), 'odradek-throw-away-'))
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    const advice = 'give a dataDir, or set TMPDIR to a folder that can be written'
    throw new StartError(`No temporary data directory can be made (${reason}); ${advice}.`, cause)
  }
}
