import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { buildFolder, sanitizedEnvironment } from '../../scripts/sanitized.mjs'
import type { BrokerTarget } from '../../src/bench/broker/broker-target.ts'
import { kafkaTarget as kafkaIn } from '../../src/bench/broker/kafka-target.ts'
import { odradekTarget } from '../../src/bench/broker/odradek-target.ts'

export type { BrokerTarget, Settings } from '../../src/bench/broker/broker-target.ts'
export { serverProperties } from '../../src/bench/broker/kafka-target.ts'
export { odradekTarget }

/** The same with the addon that `make -C test/native VARIANT=… addon` builds. */
export function sanitizedTarget(variant: string): BrokerTarget {
  const addon = join(buildFolder(variant), 'odradek.node')
  if (!existsSync(addon)) {
    throw new Error(`There is no ${addon}; node scripts/sanitized.mjs ${variant} true builds it.`)
  }
  return { ...odradekTarget, environment: () => sanitizedEnvironment(variant) }
}

/** The reference broker, from a folder of jars (see apache-kafka/setup.sh). */
export function kafkaTarget(jars: string = kafkaJars()): BrokerTarget {
  return kafkaIn(jars)
}

/**
 * Where apache-kafka/setup.sh puts the jars of Apache Kafka 4.3.1, or of the version that
 * $CONFORMANCE_KAFKA_VERSION names; $KAFKA_HOME where that is set.
 */
export function kafkaJars(): string {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache')
  const version = process.env['CONFORMANCE_KAFKA_VERSION'] ?? '4.3.1'
  return process.env['KAFKA_HOME'] ?? join(cache, 'odradek', `kafka-${version}`)
}

/** The same folder; whoever asks first on a machine fetches the jars into it. */
export function fetchedJars(): string {
  const script = join(import.meta.dirname, 'apache-kafka', 'setup.sh')
  const { status, stdout, error } = spawnSync(script, { encoding: 'utf8' })
  const lastLine = (stdout ?? '').trim().split('\n').at(-1) ?? ''
  if (status !== 0) throw new Error(lastLine || `${script}: ${error ?? `exit code ${status}`}`)
  return lastLine
}

/**
 * The broker that the suites run against: $CONFORMANCE_TARGET, `odradek` (default) or `kafka`; with
 * $CONFORMANCE_SANITIZER, `asan` or `tsan`, our broker on the addon of that variant.
 */
export function targetFromEnvironment(): BrokerTarget {
  const name = process.env['CONFORMANCE_TARGET'] ?? 'odradek'
  const variant = process.env['CONFORMANCE_SANITIZER']
  if (name === 'odradek') return variant ? sanitizedTarget(variant) : odradekTarget
  if (name === 'kafka') return kafkaTarget(fetchedJars())
  throw new Error(`CONFORMANCE_TARGET is odradek or kafka, not ${name}`)
}
