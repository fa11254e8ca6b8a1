import { afterAll, beforeAll, expect, test } from 'vitest'
import { apiVersionsApi } from '../../../src/protocol/generated/18-api-versions.ts'
import { updateFeaturesApi } from '../../../src/protocol/generated/57-update-features.ts'
import { startTestBroker, type TestBroker } from '../fixture.ts'

let running: TestBroker
beforeAll(async () => {
  running = await startTestBroker()
})
afterAll(() => running.broker.stop())

function update(version: number, ...features: readonly [name: string, level: number][]) {
  const featureUpdates = features.map(([feature, maxVersionLevel]) => ({
    feature,
    maxVersionLevel,
  }))
  return running.plane.send(updateFeaturesApi, version, { timeoutMs: 5000, featureUpdates })
}

test.each([0, 1, 2])('version %i: levels that are there already succeed', async (version) => {
  const features: [string, number][] = [
    ['metadata.version', 30],
    ['group.version', 1],
  ]
  const { errorCode, errorMessage, results } = await update(version, ...features, ...features)
  expect({ errorCode, errorMessage }).toEqual({ errorCode: 0, errorMessage: null })
  const each = features.map(([feature]) => ({ feature, errorCode: 0, errorMessage: null }))
  // Since version 2 the request has one result; before, each update has its own.
  expect(results).toEqual(version < 2 ? [...each, ...each] : [])
})

test.each([0, 1, 2])('version %i: what cannot be is refused as a whole', async (version) => {
  const answer = await update(version, ['group.version', 1], ['nope', 1])
  expect(answer).toMatchObject({ errorCode: 95, results: [] })
  expect(answer.errorMessage).toContain('nope')
})

test('version 0 cannot lower a level', async () => {
  const one = { feature: 'group.version', maxVersionLevel: 0, allowDowngrade: true }
  const request = { timeoutMs: 5000, featureUpdates: [one] }
  expect(await running.plane.send(updateFeaturesApi, 0, request)).toMatchObject({ errorCode: 95 })
})

test('what clients see of the features stays as it is', async () => {
  const client = { clientSoftwareName: 'x', clientSoftwareVersion: '1' }
  const before = await running.plane.send(apiVersionsApi, 4, client)
  const lower = { feature: 'streams.version', maxVersionLevel: 0, upgradeType: 2 }
  const request = { timeoutMs: 5000, featureUpdates: [lower] }
  expect(await running.plane.send(updateFeaturesApi, 2, request)).toMatchObject({ errorCode: 0 })
  const { finalizedFeatures } = await running.plane.send(apiVersionsApi, 4, client)
  expect(finalizedFeatures).toEqual(before.finalizedFeatures)
})
