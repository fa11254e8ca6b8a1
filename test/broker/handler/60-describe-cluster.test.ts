import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeClusterApi } from '../../../src/protocol/generated/60-describe-cluster.ts'
import { startTestBroker, type TestBroker } from '../fixture.ts'

let running: TestBroker
beforeAll(async () => {
  running = await startTestBroker({ configs: { 'broker.rack': 'left' } })
})
afterAll(() => running.broker.stop())

test.each([0, 1, 2])('version %i describes the cluster', async (version) => {
  const request = { includeClusterAuthorizedOperations: true }
  const cluster = await running.plane.send(describeClusterApi, version, request)
  expect(cluster).toMatchObject({
    errorCode: 0,
    endpointType: 1,
    clusterId: running.broker.clusterId,
    controllerId: 1,
    brokers: [{ brokerId: 1, host: 'localhost', port: 9092, rack: 'left', isFenced: false }],
    clusterAuthorizedOperations: 8096,
  })
})

test('operations are not told unless asked for', async () => {
  const request = { includeClusterAuthorizedOperations: false }
  const cluster = await running.plane.send(describeClusterApi, 2, request)
  expect(cluster.clusterAuthorizedOperations).toBe(-0x8000_0000)
})

test.each([
  [2, 114],
  [3, 115],
])('endpoints of type %i are refused with %i', async (endpointType, errorCode) => {
  const request = { includeClusterAuthorizedOperations: false, endpointType }
  const refused = await running.plane.send(describeClusterApi, 1, request)
  expect(refused).toMatchObject({ errorCode, clusterId: '', controllerId: -1, brokers: [] })
})
