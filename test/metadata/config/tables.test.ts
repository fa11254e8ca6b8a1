import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { brokerSynonyms, topicConfigSynonyms } from '../../../src/metadata/config/synonyms.ts'
import {
  brokerConfigs,
  brokerDefinition,
  topicConfigs,
} from '../../../src/metadata/config/tables.ts'
import { readTree } from '../../source-tree.ts'

describe('a config of one listener', () => {
  it.each([
    ['listener.name.inside.ssl.keystore.location', 'ssl.keystore.location'],
    ['listener.name.inside.sasl.enabled.mechanisms', 'sasl.enabled.mechanisms'],
    ['listener.name.inside.scram-sha-256.sasl.jaas.config', 'sasl.jaas.config'],
    ['listener.name.inside.plain.connections.max.reauth.ms', 'connections.max.reauth.ms'],
    ['listener.name.inside.principal.builder.class', 'principal.builder.class'],
    ['listener.name.inside.max.connections', 'max.connections'],
    ['listener.name.inside.num.network.threads', 'num.network.threads'],
  ])('%s is %s', (name, plain) => {
    expect(brokerDefinition(name)?.name).toBe(plain)
  })

  it.each([
    'listener.name.inside.log.retention.ms',
    'listener.name.inside.num.io.threads',
    'listener.name.inside.plain.max.connections',
    'listener.name.inside.plain.ssl.keystore.location',
    'listener.name.inside.ssl.no.such',
    'listener.name.inside',
    'listener.name.ssl.keystore.location',
    'inside.ssl.keystore.location',
  ])('%s is none', (name) => {
    expect(brokerDefinition(name)).toBeUndefined()
  })

  it.each([
    ['max.connections', 'built'],
    ['max.connection.creation.rate', 'built'],
    ['num.network.threads', 'not yet'],
  ])('%s, which is built without a prefix, is %s for one', (config, support) => {
    expect(brokerDefinition(config)?.standing.support).toBe('built')
    expect(brokerDefinition(`listener.name.inside.${config}`)?.standing.support).toBe(support)
  })
})

/**
 * Whether a standing is honest is seen in the sources: who has an effect is named where it is read.
 */
describe('a standing', () => {
  const tables = /\/config\/(\w+-table|defaults|synonyms|rules|topic-settings)\.ts$/
  const sources = readTree()
    .map(({ path }) => path)
    .filter((path) => path.startsWith('src/') && path.endsWith('.ts'))
    // Options of clients, some of the same names, and configs of Apache Kafka that a bench sets.
    .filter((path) => !/^src\/(cli|client|bench)\//.test(path))
    .filter((path) => !tables.test(path) && !path.includes('/generated/'))
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n')
  const isRead = (name: string): boolean => sources.includes(`'${name}'`)
  const settings = readFileSync('src/metadata/config/topic-settings.ts', 'utf8')

  /** Broker configs whose value reaches the logs as a topic config that is built. */
  const behindTopics = new Set(
    [...topicConfigs().values()]
      .filter(({ standing }) => standing.support === 'built')
      .flatMap(({ name }) => topicConfigSynonyms(name).map((synonym) => synonym.name)),
  )
  const byOtherUnits = (name: string): boolean =>
    brokerSynonyms(name).some((synonym) => behindTopics.has(synonym))

  it('of a built broker config has somebody who reads it', () => {
    const unread = [...brokerConfigs().values()].filter(
      ({ name, standing }) =>
        standing.support === 'built' &&
        !isRead(name) &&
        !byOtherUnits(name) &&
        !settings.includes(`broker.number('${name}')`),
    )
    expect(unread.map(({ name }) => name)).toEqual([])
  })

  it('of a built topic config has somebody who reads it', () => {
    const unread = [...topicConfigs().values()].filter(
      ({ name, standing }) => standing.support === 'built' && !settings.includes(`'${name}'`),
    )
    expect(unread.map(({ name }) => name)).toEqual([])
  })

  it('of a broker config that is read by name is "built": move it in support-table.ts', () => {
    const read = [...brokerConfigs().values()].filter(
      ({ name, standing }) =>
        standing.support !== 'built' && isRead(name) && !namedOtherwise.has(name),
    )
    expect(read.map(({ name }) => name)).toEqual([])
  })

  /** Named in the sources as topic configs, or to be checked: without an effect all the same. */
  const namedOtherwise = new Set([
    'compression.gzip.level',
    'compression.lz4.level',
    'compression.zstd.level',
    'controller.quorum.voters',
    'early.start.listeners',
    'inter.broker.listener.name',
    'min.insync.replicas',
    'security.inter.broker.protocol',
    'share.coordinator.state.topic.min.isr',
    'transaction.state.log.min.isr',
    'share.coordinator.state.topic.segment.bytes',
    'transaction.state.log.segment.bytes',
    'unclean.leader.election.enable',
    'connections.max.reauth.ms',
    'max.connection.creation.rate',
    'principal.builder.class',
  ])
})
