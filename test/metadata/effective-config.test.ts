import { describe, expect, it } from 'vitest'
import { BrokerConfig } from '../../src/metadata/config/broker-config.ts'
import { effectiveConfig } from '../../src/metadata/effective-config.ts'
import { configKey, emptyImage, ResourceType } from '../../src/metadata/image.ts'

describe('effectiveConfig', () => {
  it('lays what the log sets over the file: for all brokers, then for this one', () => {
    const name = 'log.cleaner.threads'
    const configs = new Map([
      [configKey(ResourceType.BROKER, ''), new Map([[name, '3']])],
      [configKey(ResourceType.BROKER, '7'), new Map([[name, '4']])],
    ])
    const image = { ...emptyImage, configs }
    const fixed = new BrokerConfig(new Map([[name, '2']]))
    expect(effectiveConfig(fixed, emptyImage, 7).number(name)).toBe(2)
    expect(effectiveConfig(fixed, image, 1).number(name)).toBe(3)
    expect(effectiveConfig(fixed, image, 7).number(name)).toBe(4)
  })
})
