import { describe, expect, it } from 'vitest'
import {
  decideUpdateFeatures,
  type FeatureUpdate,
  UpgradeType,
} from '../../src/controller/update-features.ts'
import { configKey, emptyImage, type MetadataImage } from '../../src/metadata/image.ts'
import { configOf, startedController } from './harness.ts'

const { UPGRADE, SAFE_DOWNGRADE, UNSAFE_DOWNGRADE } = UpgradeType
const elr = 'eligible.leader.replicas.version'
const broker = configOf({ 'min.insync.replicas': '2' })

/** The levels of a cluster that Kafka 4.0 formatted. */
const older: MetadataImage = {
  ...emptyImage,
  quorum: { version: 1, voters: [] },
  features: new Map([
    ['metadata.version', 22],
    ['group.version', 1],
    ['transaction.version', 2],
  ]),
}

function update(feature: string, maxVersionLevel: number, upgradeType: number = UPGRADE) {
  return { feature, maxVersionLevel, upgradeType }
}

function decide(image: MetadataImage, ...featureUpdates: readonly FeatureUpdate[]) {
  return decideUpdateFeatures({ featureUpdates, validateOnly: false }, image, broker)
}

/** Name and level of each feature record, and what else is written. */
function written({ records }: ReturnType<typeof decide>): unknown[] {
  return records.map(({ name, value }) => {
    if (name === 'FeatureLevelRecord') return [value.name, value.featureLevel]
    return name === 'ConfigRecord' ? [value.resourceName, value.name, value.value] : name
  })
}

describe('the features of a new cluster', () => {
  const refused: [string, FeatureUpdate, string][] = [
    ['above what is known', update('group.version', 9), 'only supports versions 0-1'],
    ['that nobody knows', update('nope', 1), 'does not know it'],
    ['that nobody knows, removed', update('nope', 0, SAFE_DOWNGRADE), 'Feature nope not found.'],
    ['lowered by an upgrade', update('group.version', 0), "Can't downgrade"],
    ['metadata.version raised too far', update('metadata.version', 31), 'versions 7-30'],
    ['metadata.version removed', update('metadata.version', 0, UNSAFE_DOWNGRADE), 'versions 7-30'],
    ['metadata.version lowered', update('metadata.version', 29, SAFE_DOWNGRADE), "Can't downgrade"],
    ['kraft.version lowered', update('kraft.version', 0, UNSAFE_DOWNGRADE), "Can't downgrade"],
    ['kraft.version lowered by an upgrade', update('kraft.version', 0), "Can't downgrade"],
    ['kraft.version raised too far', update('kraft.version', 2), 'versions 0-1'],
    ['of a type that is none', update('group.version', 1, 9), 'upgrade type'],
    ['of no type', update('group.version', 1, 0), 'upgrade type'],
    ['below nothing', update('group.version', -1, SAFE_DOWNGRADE), 'cannot be less than 0'],
    ['eligible replicas given up by an upgrade', update(elr, 0), "Can't downgrade"],
  ]
  it.each(refused)('%s: refused, with all others of the request', async (_, wrong, message) => {
    const { controller } = await startedController()
    const { offset } = controller.image
    const featureUpdates = [update('share.version', 0, SAFE_DOWNGRADE), wrong]
    const request = { featureUpdates, timeoutMs: 10_000, validateOnly: false }
    const refusal = await controller.updateFeatures(request)
    expect(refusal?.code).toBe(95)
    expect(refusal?.message).toContain(`version ${wrong.maxVersionLevel} for feature`)
    expect(refusal?.message).toContain(message)
    expect(controller.image.offset).toBe(offset)
  })

  it('stay where they are without a record', async () => {
    const { controller } = await startedController()
    const { offset } = controller.image
    const same = [...controller.image.features].map(([name, level]) => update(name, level))
    const featureUpdates = [...same, update('kraft.version', 1), ...same]
    const request = { featureUpdates, timeoutMs: 10_000, validateOnly: false }
    expect(await controller.updateFeatures(request)).toBeUndefined()
    expect(controller.image.offset).toBe(offset)
  })

  it('that carry no promise here go down and up again, through a restart', async () => {
    const { controller, store } = await startedController()
    const set = (...featureUpdates: FeatureUpdate[]) =>
      controller.updateFeatures({ featureUpdates, timeoutMs: 10_000, validateOnly: false })
    const down = [
      update('group.version', 0, SAFE_DOWNGRADE),
      update('transaction.version', 1, UNSAFE_DOWNGRADE),
      update(elr, 0, SAFE_DOWNGRADE),
    ]
    expect(await set(...down)).toBeUndefined()
    expect(await set(update('share.version', 0, SAFE_DOWNGRADE))).toBeUndefined()
    expect(await set(update('share.version', 1))).toBeUndefined()
    const levels = controller.image.features
    expect([levels.has('group.version'), levels.has(elr)]).toEqual([false, false])
    expect([levels.get('transaction.version'), levels.get('share.version')]).toEqual([1, 1])
    await controller.close()
    const { controller: again } = await startedController(store.disk)
    expect(again.image.features).toEqual(levels)
  })

  it('are only judged when they are to be validated', async () => {
    const { controller } = await startedController()
    const featureUpdates = [update('group.version', 0, SAFE_DOWNGRADE)]
    const request = { featureUpdates, timeoutMs: 10_000, validateOnly: true }
    expect(await controller.updateFeatures(request)).toBeUndefined()
    expect(controller.image.features.get('group.version')).toBe(1)
  })
})

describe('the features of an older cluster', () => {
  it('are raised to those of this program, the level of records first', () => {
    const decision = decide(
      older,
      update('share.version', 1),
      update(elr, 1),
      update('group.version', 1),
      update('metadata.version', 30),
    )
    expect(decision.response).toBeUndefined()
    expect(written(decision)).toEqual([
      ['metadata.version', 30],
      ['share.version', 1],
      [elr, 1],
      ['', 'min.insync.replicas', '2'],
    ])
  })

  it('have eligible replicas only from a level of metadata.version on', () => {
    expect(decide(older, update(elr, 1)).response?.message).toContain('metadata.version level 23')
    const together = decide(older, update(elr, 1), update('metadata.version', 23))
    expect(together.response).toBeUndefined()
  })

  it('have one min.insync.replicas for all brokers from then on', () => {
    const configs = new Map([
      [configKey(4, ''), new Map([['min.insync.replicas', '3']])],
      [configKey(4, '1'), new Map([['min.insync.replicas', '1']])],
    ])
    const brokers = new Map([[1, {}]]) as unknown as MetadataImage['brokers']
    const image = { ...older, configs, brokers }
    const decision = decide(image, update('metadata.version', 30), update(elr, 1))
    expect(written(decision).at(-1)).toEqual(['1', 'min.insync.replicas', null])
    expect(decision.records).toHaveLength(3)
  })

  it('keep voters that stand in configuration files there', () => {
    const image = { ...older, quorum: { version: 0, voters: [] } }
    const { response } = decide(image, update('kraft.version', 1))
    expect(response?.message).toContain('configuration files')
    expect(decide(image, update('kraft.version', 0)).response).toBeUndefined()
  })

  it('do not go up by a downgrade', () => {
    const { response } = decide(older, update('metadata.version', 30, SAFE_DOWNGRADE))
    expect(response?.message).toContain("Can't downgrade to a newer version.")
  })
})
