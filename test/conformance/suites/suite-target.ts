import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type BrokerTarget,
  kafkaTarget,
  odradekTarget,
  type Settings,
  serverProperties,
} from '../broker-target.ts'
import type { Stage } from './suite.ts'

/** The two kinds of broker that a suite can be run against. */
export const targetNames = ['odradek', 'kafka'] as const

/** One of {@link targetNames}. */
export type TargetName = (typeof targetNames)[number]

/**
 * A broker as a stage wants it, started from one file in Kafka's format whichever kind it is: with
 * the stage's ports as listeners beside the one that {@link BrokerProcess} asks for.
 */
export function suiteTarget(name: TargetName, stage: Stage): BrokerTarget {
  const target = name === 'kafka' ? kafkaTarget() : odradekTarget
  const settingsOf = (port: number, settings: Settings): Settings => ({
    ...settings,
    ...(name === 'kafka' ? stage.referenceSettings : {}),
    ...listenerSettings(stage.ports, port),
  })
  return {
    ...target,
    prepare(folder, port, settings) {
      const all = settingsOf(port, settings)
      if (name === 'kafka') return target.prepare(folder, port, all)
      writeFileSync(join(folder, 'server.properties'), serverProperties(folder, port, all))
    },
    command(folder, port, settings) {
      if (name === 'kafka') return target.command(folder, port, settings)
      const [program = '', bin = '', start = ''] = target.command(folder, port, {})
      return [program, bin, start, '--config', join(folder, 'server.properties')]
    },
  }
}

/**
 * Listeners on the fixed ports, and behind them the one on `port`, which our broker names last. The
 * controller's, of Apache Kafka, is on the port above, as in {@link serverProperties}.
 */
function listenerSettings(fixed: readonly number[], port: number): Settings {
  const listeners = [
    ...fixed.map((each) => ({ name: `FIXED${each}`, host: 'localhost', port: each })),
    { name: 'PLAINTEXT', host: '127.0.0.1', port },
    { name: 'CONTROLLER', host: '127.0.0.1', port: port + 1 },
  ]
  return {
    listeners: listeners.map((each) => `${each.name}://127.0.0.1:${each.port}`).join(','),
    'advertised.listeners': listeners
      .map((each) => `${each.name}://${each.host}:${each.port}`)
      .join(','),
    'listener.security.protocol.map': listeners.map(({ name }) => `${name}:PLAINTEXT`).join(','),
  }
}
