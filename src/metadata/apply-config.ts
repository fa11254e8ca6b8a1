/** Records about configs, features and producer ids, applied to a delta. */
import { assert } from '../base/assert.ts'
import type { ConfigRecord } from '../protocol/generated/record/metadata.ts'
import type { MetadataRecord } from '../protocol/metadata-record.ts'
import type { MetadataDelta } from './delta.ts'
import { configKey } from './image.ts'

/** False when the record is of another kind. */
export function applyConfigRecord(delta: MetadataDelta, record: MetadataRecord): boolean {
  switch (record.name) {
    case 'ConfigRecord':
      applyConfig(delta, record.value)
      return true
    case 'FeatureLevelRecord': {
      const { name, featureLevel } = record.value
      if (featureLevel === 0) delta.features.delete(name)
      else delta.features.set(name, featureLevel)
      return true
    }
    case 'ProducerIdsRecord': {
      const { nextProducerId, brokerId, brokerEpoch } = record.value
      delta.producerIds = { next: nextProducerId, brokerId, brokerEpoch }
      return true
    }
    default:
      return false
  }
}

/** A null value takes the config away. */
function applyConfig(delta: MetadataDelta, record: ConfigRecord): void {
  const key = configKey(record.resourceType, record.resourceName)
  const texts = new Map(delta.configs.get(key))
  assert(texts.size > 0 || delta.configs.get(key) === undefined, 'no configs, no entry')
  if (record.value === null) texts.delete(record.name)
  else texts.set(record.name, record.value)
  if (texts.size === 0) delta.configs.delete(key)
  else delta.configs.set(key, texts)
  delta.changedConfigs.add(key)
}
