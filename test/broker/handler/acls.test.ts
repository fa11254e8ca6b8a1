/** The APIs of access rules without an authorizer, as Apache Kafka 4.3.1 answers them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeAclsApi } from '../../../src/protocol/generated/29-describe-acls.ts'
import { createAclsApi } from '../../../src/protocol/generated/30-create-acls.ts'
import { deleteAclsApi } from '../../../src/protocol/generated/31-delete-acls.ts'
import { startTestBroker, type TestBroker } from '../fixture.ts'

const securityDisabled = 54
const refused = { errorCode: securityDisabled, errorMessage: expect.stringContaining('Authorizer') }
const filter = {
  resourceTypeFilter: 2,
  resourceNameFilter: 't',
  principalFilter: null,
  hostFilter: null,
  operation: 1,
  permissionType: 1,
}
const rule = {
  resourceType: 2,
  resourceName: 't',
  principal: 'User:u',
  host: '*',
  operation: 3,
  permissionType: 3,
}

let running: TestBroker
beforeAll(async () => {
  running = await startTestBroker()
})
afterAll(() => running.broker.stop())

describe.each([1, 2, 3])('version %i', (version) => {
  test('tells no rules', async () => {
    const answer = await running.plane.send(describeAclsApi, version, filter)
    expect(answer).toMatchObject({ ...refused, resources: [] })
  })

  test('creates none, each refused for itself', async () => {
    const request = { creations: [rule, rule] }
    const { results } = await running.plane.send(createAclsApi, version, request)
    expect(results).toEqual([refused, refused])
    expect((await running.plane.send(createAclsApi, version, { creations: [] })).results).toEqual(
      [],
    )
  })

  test('deletes none, each filter refused for itself', async () => {
    const request = { filters: [filter, { ...filter, operation: 77 }] }
    const { filterResults } = await running.plane.send(deleteAclsApi, version, request)
    const one = { ...refused, matchingAcls: [] }
    expect(filterResults).toEqual([one, one])
  })
})
