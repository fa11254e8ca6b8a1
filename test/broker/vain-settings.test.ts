import { describe, expect, it } from 'vitest'
import { unkeptPromises, vainSettings } from '../../src/broker/vain-settings.ts'
import { BrokerConfig } from '../../src/metadata/config/broker-config.ts'
import {
  configKey,
  emptyImage,
  type MetadataImage,
  ResourceType,
} from '../../src/metadata/image.ts'

const { TOPIC, BROKER } = ResourceType
type Configs = readonly (readonly [type: number, resource: string, name: string, value: string])[]

describe('what the options set in vain', () => {
  const vain = (settings: Record<string, string>) =>
    vainSettings(new BrokerConfig(new Map(Object.entries(settings))))

  it('is said in one sentence for each reason, by name', () => {
    const settings = {
      'num.partitions': '3',
      'num.io.threads': '9',
      'background.threads': '9',
      'transaction.max.timeout.ms': '9',
    }
    expect(vain(settings)).toEqual({
      notices: ['Set, but without meaning on a single node: background.threads, num.io.threads.'],
      warnings: ['Set, but not built yet and without effect: transaction.max.timeout.ms.'],
    })
  })

  it('is nothing where all is as it is without saying', () => {
    const settings = { 'num.io.threads': '8', 'num.partitions': '3' }
    expect(vain(settings)).toEqual({ notices: [], warnings: [] })
  })
})

describe('what the metadata log sets in vain', () => {
  /** An image with these configs and topics of the names that they mention. */
  function imageOf(configs: Configs): MetadataImage {
    const texts = new Map<string, Map<string, string>>()
    for (const [type, resource, name, value] of configs) {
      const key = configKey(type, resource)
      texts.set(key, (texts.get(key) ?? new Map()).set(name, value))
    }
    const topics = configs.filter(([type]) => type === TOPIC).map(([, name]) => name)
    const topicsByName = new Map(topics.map((name) => [name, { name, id: name, partitions: [] }]))
    return { ...emptyImage, configs: texts, topicsByName }
  }

  it('is said by config, with the places', () => {
    const image = imageOf([
      [BROKER, '', 'sasl.enabled.mechanisms', 'PLAIN'],
      [BROKER, '1', 'listener.name.inside.ssl.keystore.location', '/k'],
      [BROKER, '1', 'sasl.enabled.mechanisms', 'PLAIN'],
      [TOPIC, 'a', 'remote.storage.enable', 'true'],
      [TOPIC, 'b', 'remote.storage.enable', 'true'],
    ])
    const end = 'which is not built yet and has no effect.'
    expect(unkeptPromises(image, 1)).toEqual([
      `The metadata log sets sasl.enabled.mechanisms for all brokers, this broker, ${end}`,
      `The metadata log sets listener.name.inside.ssl.keystore.location for this broker, ${end}`,
      `The metadata log sets remote.storage.enable for the topic a, the topic b, ${end}`,
    ])
  })

  it('is counted where it is in many places', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
    const image = imageOf(names.map((name) => [TOPIC, name, 'remote.storage.enable', 'true']))
    const [sentence] = unkeptPromises(image, 1)
    expect(sentence).toContain(
      'for the topic a, the topic b, the topic c, the topic d, the topic e',
    )
    expect(sentence).toContain(' and 2 more, which is')
  })

  it('is not what has an effect, what is another node’s, and what nobody understands', () => {
    const image = imageOf([
      [BROKER, '2', 'ssl.keystore.location', '/k'],
      [BROKER, '1', 'ssl.client.auth', 'nonsense'],
      [BROKER, '1', 'ssl.keystore.type', 'JKS'],
      [BROKER, '1', 'log.retention.ms', '5'],
      [BROKER, '1', 'of.a.plug.in', '5'],
      [TOPIC, 'a', 'retention.ms', '5'],
      [TOPIC, 'a', 'remote.storage.enable', 'false'],
      [TOPIC, 'a', 'of.a.later.version', '5'],
    ])
    expect(unkeptPromises(image, 1)).toEqual([])
  })
})
