import type { ApiSchema } from './language.ts'

/** Names the broker that leads a group, a transactional id or a share partition. */
export const findCoordinator: ApiSchema = {
  key: 10,
  name: 'FindCoordinator',
  request: {
    name: 'FindCoordinatorRequest',
    versions: '0-6',
    flexible: '3+',
    fields: [
      { name: 'key', type: 'string', versions: '0-3' },
      {
        name: 'keyType',
        type: 'int8',
        versions: '1+',
        default: 0,
        about: '0 group, 1 transaction, 2 share',
      },
      { name: 'coordinatorKeys', type: '[]string', versions: '4+', about: 'replaces key' },
    ],
  },
  response: {
    name: 'FindCoordinatorResponse',
    versions: '0-6',
    flexible: '3+',
    fields: [
      { name: 'throttleTimeMs', type: 'int32', versions: '1+', ignorable: true },
      { name: 'errorCode', type: 'int16', versions: '0-3' },
      { name: 'errorMessage', type: 'string', versions: '1-3', nullable: '1-3', ignorable: true },
      { name: 'nodeId', type: 'int32', versions: '0-3' },
      { name: 'host', type: 'string', versions: '0-3' },
      { name: 'port', type: 'int32', versions: '0-3' },
      {
        name: 'coordinators',
        type: '[]Coordinator',
        versions: '4+',
        about: 'replaces the fields above',
        fields: [
          { name: 'key', type: 'string', versions: '4+' },
          { name: 'nodeId', type: 'int32', versions: '4+' },
          { name: 'host', type: 'string', versions: '4+' },
          { name: 'port', type: 'int32', versions: '4+' },
          { name: 'errorCode', type: 'int16', versions: '4+' },
          { name: 'errorMessage', type: 'string', versions: '4+', nullable: '4+', ignorable: true },
        ],
      },
    ],
  },
}
