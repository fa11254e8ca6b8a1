/**
 * Bit sets of the operations that a client may perform, bit n for Kafka's operation n. Without an
 * authorizer everything that a kind of resource knows is allowed.
 */
const read = 1 << 3
const write = 1 << 4
const create = 1 << 5
const remove = 1 << 6
const alter = 1 << 7
const describe = 1 << 8
const clusterAction = 1 << 9
const describeConfigs = 1 << 10
const alterConfigs = 1 << 11
const idempotentWrite = 1 << 12

/** Everything that can be done to a topic. */
export const topicOperations: number =
  read | write | create | remove | alter | describe | describeConfigs | alterConfigs

/** Everything that can be done to the cluster. */
export const clusterOperations: number =
  create | alter | describe | clusterAction | describeConfigs | alterConfigs | idempotentWrite

/** Everything that can be done to a group. */
export const groupOperations: number = read | remove | describe | describeConfigs | alterConfigs

/** Why access rules can be neither told nor changed. */
export const noAuthorizer = 'No Authorizer is configured on the broker.'
