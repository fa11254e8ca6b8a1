import type { ApiSchema } from './language.ts'

/** Enters a classic group and takes part in a rebalance. */
export const joinGroup: ApiSchema = {
  key: 11,
  name: 'JoinGroup',
  request: {
    name: 'JoinGroupRequest',
    versions: '0-9',
    flexible: '6+',
    fields: [
      { name: 'groupId', type: 'string', versions: '0+' },
      {
        name: 'sessionTimeoutMs',
        type: 'int32',
        versions: '0+',
        about: 'silence after which the member is expelled',
      },
      {
        name: 'rebalanceTimeoutMs',
        type: 'int32',
        versions: '1+',
        default: -1,
        ignorable: true,
        about: 'how long the group waits for this member; -1: the session timeout',
      },
      { name: 'memberId', type: 'string', versions: '0+', about: 'empty on the first try' },
      {
        name: 'groupInstanceId',
        type: 'string',
        versions: '5+',
        nullable: '5+',
        default: null,
        about: 'name of a static member',
      },
      {
        name: 'protocolType',
        type: 'string',
        versions: '0+',
        about: '"consumer" for consumers; one per group',
      },
      {
        name: 'protocols',
        type: '[]JoinGroupRequestProtocol',
        versions: '0+',
        about: 'assignors that the member offers, the favourite first',
        fields: [
          { name: 'name', type: 'string', versions: '0+' },
          {
            name: 'metadata',
            type: 'bytes',
            versions: '0+',
            about: 'subscription, opaque to the broker',
          },
        ],
      },
      {
        name: 'reason',
        type: 'string',
        versions: '8+',
        nullable: '8+',
        default: null,
        ignorable: true,
      },
    ],
  },
  response: {
    name: 'JoinGroupResponse',
    versions: '0-9',
    flexible: '6+',
    fields: [
      { name: 'throttleTimeMs', type: 'int32', versions: '2+', ignorable: true },
      { name: 'errorCode', type: 'int16', versions: '0+' },
      { name: 'generationId', type: 'int32', versions: '0+', default: -1 },
      {
        name: 'protocolType',
        type: 'string',
        versions: '7+',
        nullable: '7+',
        default: null,
        ignorable: true,
      },
      { name: 'protocolName', type: 'string', versions: '0+', nullable: '7+' },
      { name: 'leader', type: 'string', versions: '0+' },
      {
        name: 'skipAssignment',
        type: 'bool',
        versions: '9+',
        default: false,
        about: 'the leader must not assign anew',
      },
      { name: 'memberId', type: 'string', versions: '0+' },
      {
        name: 'members',
        type: '[]JoinGroupResponseMember',
        versions: '0+',
        about: 'only told to the leader',
        fields: [
          { name: 'memberId', type: 'string', versions: '0+' },
          {
            name: 'groupInstanceId',
            type: 'string',
            versions: '5+',
            nullable: '5+',
            default: null,
            ignorable: true,
          },
          { name: 'metadata', type: 'bytes', versions: '0+' },
        ],
      },
    ],
  },
}
