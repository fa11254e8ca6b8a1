/** Requests about configs, access rules, quotas and the cluster. */
import type { Source } from './draft.ts'
import { config, observeCompression, topicConfigs } from './topic-drafts.ts'
import type { World } from './world.ts'

const topicType = 2
const brokerType = 4
const groupType = 32
const loggerType = 8
const clientMetricsType = 16

/** Dynamic configs of brokers that no other request notices. */
const brokerConfigs: readonly (readonly [string, readonly string[]])[] = [
  ['log.cleaner.threads', ['1', '2', 'x']],
  ['background.threads', ['10', '0']],
  ['log.retention.ms', ['-1', '100000000000', '-2']],
  ['message.max.bytes', ['1048588', '2000000', '-1']],
  ['log.index.interval.bytes', ['4096', '-1']],
  ['log.segment.bytes', ['1073741824', '1']],
]

/** The names of these. */
export const dynamicBrokerConfigs: readonly string[] = brokerConfigs.map(([name]) => name)

const groupConfigs: readonly (readonly [string, readonly string[]])[] = [
  ['consumer.session.timeout.ms', ['45000', '1', '50000', 'x']],
  ['consumer.heartbeat.interval.ms', ['5000', '0', '7000']],
]

interface Resource {
  readonly resourceType: number
  readonly resourceName: string
  readonly config: () => { name: string; value: string | null }
}

function resource(world: World): Resource | undefined {
  const from = (list: readonly (readonly [string, readonly string[]])[]) => () => {
    const [name, values] = world.pick(list)
    return { name, value: world.pick(values) }
  }
  const choice = world.below(20)
  if (choice === 0) {
    const resourceName = world.pick(['1', '', '7', 'x'])
    return { resourceType: brokerType, resourceName, config: from(brokerConfigs) }
  }
  if (choice === 1) {
    return { resourceType: groupType, resourceName: world.group(), config: from(groupConfigs) }
  }
  const topic = world.topic()
  if (topic === undefined) return undefined
  return { resourceType: topicType, resourceName: topic.name, config: () => config(world) }
}

const alterConfigs: Source = {
  key: 33,
  weight: 1,
  effect: 'changes metadata',
  observe: observeCompression,
  draft(world) {
    const one = resource(world)
    if (one === undefined) return undefined
    const { resourceType, resourceName } = one
    const configs = Array.from({ length: world.below(3) }, () => one.config())
    return {
      request: {
        resources: [{ resourceType, resourceName, configs }],
        validateOnly: world.chance(10),
      },
      subjects: [resourceName],
    }
  },
}

const incrementalAlterConfigs: Source = {
  key: 44,
  weight: 3,
  effect: 'changes metadata',
  observe: observeCompression,
  draft(world) {
    const one = resource(world)
    if (one === undefined) return undefined
    const { resourceType, resourceName } = one
    const configs = Array.from({ length: 1 + world.below(2) }, () => ({
      ...one.config(),
      configOperation: world.pick([0, 0, 0, 1, 2, 3]),
    }))
    return {
      request: {
        resources: [{ resourceType, resourceName, configs }],
        validateOnly: world.chance(10),
      },
      subjects: [resourceName],
    }
  },
}

const describeConfigs: Source = {
  key: 32,
  weight: 4,
  effect: 'reads',
  draft(world) {
    const one = resource(world)
    if (one === undefined) return undefined
    const { resourceName } = one
    const resourceType = world.chance(96)
      ? one.resourceType
      : world.pick([loggerType, clientMetricsType])
    const names = [world.pick(topicConfigs)[0], world.pick(brokerConfigs)[0]]
    const isBroker = resourceType === brokerType
    return {
      request: {
        resources: [
          {
            resourceType,
            resourceName,
            configurationKeys: isBroker || world.chance(40) ? names : null,
          },
        ],
        includeSynonyms: world.chance(50),
        includeDocumentation: world.chance(20),
      },
    }
  },
}

const listConfigResources: Source = {
  key: 74,
  weight: 1,
  effect: 'reads',
  draft: (world) => ({
    request: { resourceTypes: world.pick([[], [topicType], [groupType], [brokerType], [16, 8]]) },
  }),
}

const aclFilter = {
  resourceTypeFilter: 2,
  resourceNameFilter: null,
  principalFilter: null,
  hostFilter: null,
  operation: 1,
  permissionType: 1,
}

const describeAcls: Source = {
  key: 29,
  weight: 0.5,
  effect: 'reads',
  draft: () => ({ request: aclFilter }),
}

const createAcls: Source = {
  key: 30,
  weight: 0.5,
  effect: 'changes',
  draft: () => ({
    request: {
      creations: [
        {
          resourceType: 2,
          resourceName: 'orders',
          principal: 'User:nobody',
          host: '*',
          operation: 3,
          permissionType: 3,
        },
      ],
    },
  }),
}

const deleteAcls: Source = {
  key: 31,
  weight: 0.5,
  effect: 'changes',
  draft: () => ({ request: { filters: [aclFilter] } }),
}

/** Entities that no connection of the run belongs to, so that nobody is held back. */
function entity(world: World): object[] {
  const user = { entityType: 'user', entityName: world.pick(['ann', 'bob', null]) }
  const client = { entityType: 'client-id', entityName: world.pick(['some-app', 'other-app']) }
  return world.pick([
    [{ ...user, entityName: 'ann' }],
    [client],
    [{ ...user, entityName: 'bob' }, client],
  ])
}

const describeClientQuotas: Source = {
  key: 48,
  weight: 1,
  effect: 'reads',
  draft: (world) => ({
    request: {
      components: world.pick([
        [],
        [{ entityType: 'user', matchType: 0, match: 'ann' }],
        [{ entityType: 'user', matchType: 2, match: null }],
        [{ entityType: 'client-id', matchType: 2, match: null }],
        [{ entityType: 'user', matchType: 1, match: null }],
      ]),
      strict: world.chance(50),
    },
  }),
}

const alterClientQuotas: Source = {
  key: 49,
  weight: 1,
  effect: 'changes metadata',
  draft: (world) => ({
    request: {
      entries: [
        {
          entity: entity(world),
          ops: [
            {
              key: world.pick([
                'producer_byte_rate',
                'consumer_byte_rate',
                'request_percentage',
                'x',
              ]),
              value: world.pick([1e9, 1000.5, 0, -1]),
              remove: world.chance(30),
            },
          ],
        },
      ],
      validateOnly: world.chance(10),
    },
  }),
}

const describeScram: Source = {
  key: 50,
  weight: 0.5,
  effect: 'reads',
  draft: (world) => ({ request: { users: world.pick([null, [], [{ name: 'ann' }]]) } }),
}

const describeQuorum: Source = {
  key: 55,
  weight: 1,
  effect: 'reads',
  draft: () => ({
    request: {
      topics: [{ topicName: '__cluster_metadata', partitions: [{ partitionIndex: 0 }] }],
    },
  }),
}

const updateFeatures: Source = {
  key: 57,
  weight: 1,
  effect: 'reads',
  draft: (world) => ({
    request: {
      timeoutMs: 30_000,
      featureUpdates: [
        {
          feature: world.pick(['no.such.feature', 'metadata.version', 'group.version']),
          maxVersionLevel: world.pick([100, -1, 1000]),
          upgradeType: world.pick([1, 2, 3]),
          allowDowngrade: false,
        },
      ],
      validateOnly: true,
    },
  }),
}

const describeCluster: Source = {
  key: 60,
  weight: 1,
  effect: 'reads',
  draft: (world) => ({
    request: {
      includeClusterAuthorizedOperations: world.chance(50),
      endpointType: world.chance(90) ? 1 : 2,
      includeFencedBrokers: world.chance(50),
    },
  }),
}

const listTransactions: Source = {
  key: 66,
  weight: 0.5,
  effect: 'reads',
  draft: (world) => ({
    request: {
      stateFilters: world.pick([[], ['Ongoing'], ['x']]),
      producerIdFilters: world.pick([[], [1]]),
      durationFilter: world.pick([-1, 1000]),
      transactionalIdPattern: null,
    },
  }),
}

const apiVersions: Source = {
  key: 18,
  weight: 1,
  effect: 'reads',
  draft: () => ({
    request: { clientSoftwareName: 'differential', clientSoftwareVersion: '1' },
  }),
}

/** The sources of this file. */
export const adminSources: readonly Source[] = [
  alterConfigs,
  incrementalAlterConfigs,
  describeConfigs,
  listConfigResources,
  describeAcls,
  createAcls,
  deleteAcls,
  describeClientQuotas,
  alterClientQuotas,
  describeScram,
  describeQuorum,
  updateFeatures,
  describeCluster,
  listTransactions,
  apiVersions,
]
