/** Records about brokers and controllers, applied to a delta. */
import { assert } from '../base/assert.ts'
import type {
  BrokerRegistrationChangeRecord,
  RegisterBrokerRecord,
} from '../protocol/generated/record/metadata.ts'
import type { MetadataRecord } from '../protocol/metadata-record.ts'
import type { MetadataDelta } from './delta.ts'
import { MetadataError } from './error.ts'
import type { BrokerImage } from './image.ts'

/** False when the record is of another kind. */
export function applyBrokerRecord(delta: MetadataDelta, record: MetadataRecord): boolean {
  switch (record.name) {
    case 'RegisterBrokerRecord':
      registerBroker(delta, record.value)
      return true
    case 'UnregisterBrokerRecord':
      delta.brokers.delete(brokerOf(delta, record.value.brokerId).id)
      return true
    case 'FenceBrokerRecord':
      changeBroker(delta, record.value.id, { fenced: true })
      return true
    case 'UnfenceBrokerRecord':
      changeBroker(delta, record.value.id, { fenced: false })
      return true
    case 'BrokerRegistrationChangeRecord':
      applyRegistrationChange(delta, record.value)
      return true
    case 'RegisterControllerRecord': {
      const { controllerId: id, incarnationId, zkMigrationReady } = record.value
      const listeners = byName(record.value.endPoints)
      const features = byName(record.value.features)
      delta.controllers.set(id, { id, incarnationId, zkMigrationReady, listeners, features })
      return true
    }
    case 'UnregisterControllerRecord':
      delta.controllers.delete(record.value.controllerId)
      return true
    default:
      return false
  }
}

/** Kafka writes these in any order; sorted, the same registration gives the same image. */
function byName<T extends { readonly name: string }>(items: readonly T[]): readonly T[] {
  return [...items].sort((a, b) => (a.name < b.name ? -1 : 1))
}

function registerBroker(delta: MetadataDelta, record: RegisterBrokerRecord): void {
  delta.brokers.set(record.brokerId, {
    id: record.brokerId,
    epoch: record.brokerEpoch,
    incarnationId: record.incarnationId,
    listeners: byName(record.endPoints),
    features: byName(record.features),
    rack: record.rack,
    fenced: record.fenced,
    inControlledShutdown: record.inControlledShutdown,
    directories: record.logDirs,
    cordonedDirectories: record.cordonedLogDirs,
  })
}

function applyRegistrationChange(
  delta: MetadataDelta,
  record: BrokerRegistrationChangeRecord,
): void {
  const before = brokerOf(delta, record.brokerId)
  if (record.brokerEpoch !== before.epoch) {
    throw new MetadataError(
      `the metadata log changes broker ${before.id} at epoch ${record.brokerEpoch}, ` +
        `but it is registered at ${before.epoch}`,
    )
  }
  changeBroker(delta, record.brokerId, {
    fenced: record.fenced === 0 ? before.fenced : record.fenced > 0,
    inControlledShutdown: before.inControlledShutdown || record.inControlledShutdown > 0,
    directories: record.logDirs.length === 0 ? before.directories : record.logDirs,
    cordonedDirectories: record.cordonedLogDirs ?? before.cordonedDirectories,
  })
}

function changeBroker(delta: MetadataDelta, id: number, change: Partial<BrokerImage>): void {
  const broker = { ...brokerOf(delta, id), ...change }
  assert(broker.id === id, 'a broker keeps its id')
  delta.brokers.set(id, broker)
}

function brokerOf(delta: MetadataDelta, id: number): BrokerImage {
  const broker = delta.brokers.get(id)
  if (broker === undefined) {
    throw new MetadataError(`the metadata log speaks of broker ${id}, which never registered`)
  }
  return broker
}
