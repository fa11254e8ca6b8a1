import { describe, expect, it } from 'vitest'
import { nearestName } from '../../../src/metadata/config/nearest-name.ts'
import { brokerConfigs } from '../../../src/metadata/config/tables.ts'

describe('nearestName', () => {
  it.each([
    ['num.partition', 'num.partitions'],
    ['log.retention.hour', 'log.retention.hours'],
    ['log.dris', 'log.dirs'],
    ['auto.create.topic.enable', 'auto.create.topics.enable'],
    ['log.flush.interval.message', 'log.flush.interval.messages'],
  ])('%s means %s', (name, meant) => {
    expect(nearestName(name, brokerConfigs().keys())).toBe(meant)
  })

  it('keeps quiet when nothing is near', () => {
    expect(nearestName('completely.unrelated.thing', brokerConfigs().keys())).toBeUndefined()
    expect(nearestName('', ['abc'])).toBeUndefined()
    expect(nearestName('a', [])).toBeUndefined()
  })
})
