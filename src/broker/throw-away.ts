/**
 * What a broker that is started from code is like where its options say nothing: it listens on a
 * free port of this machine, and without a data directory it is one that is thrown away, as tests
 * want it. A configuration file decides all of this itself.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { didYouMean } from '../base/nearest-name.ts'
import { StartError } from '../engine/start-error.ts'
import type { BrokerOptions } from './options.ts'
import { directoryConfigs } from './settings.ts'

const freeLocalPort = 'PLAINTEXT://127.0.0.1:0'

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
  logger: true,
  topics: true,
}

/** See the head of this file. Makes the temporary directory. Throws a {@link StartError}. */
export function completeOptions(options: BrokerOptions): CompletedOptions {
  refuseUnknown(options)
  if (options.configFile !== undefined) return { options, temporaryDirectory: undefined }
  // As a config, so that others of listeners go with it.
  const listening = options.listen === undefined ? { listeners: freeLocalPort } : {}
  const configs: Record<string, string> = { ...listening, ...options.configs }
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

/** Removes it with all that is in it. */
export function removeTemporaryDirectory(path: string): void {
  rmSync(path, { recursive: true, force: true })
}

/** A misspelt option must not become a broker that is thrown away. */
function refuseUnknown(options: BrokerOptions): void {
  for (const name of Object.keys(options)) {
    if (name in knownOptions) continue
    const hint = didYouMean(name, Object.keys(knownOptions)) ?? '.'
    throw new StartError(`Broker.start has no option '${name}'${hint}`)
  }
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
