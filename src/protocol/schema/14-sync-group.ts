import type { ApiSchema } from './language.ts'

/** Brings the leader's assignments in and each member's own out. */
export const syncGroup: ApiSchema = {
  key: 14,
  name: 'SyncGroup',
  request: {
    name: 'SyncGroupRequest',
    versions: '0-5',
    flexible: '4+',
    fields: [
      { name: 'groupId', type: 'string', versions: '0+' },
      { name: 'generationId', type: 'int32', versions: '0+' },
      { name: 'memberId', type: 'string', versions: '0+' },
      { name: 'groupInstanceId', type: 'string', versions: '3+', nullable: '3+', default: null },
      {
        name: 'protocolType',
        type: 'string',
        versions: '5+',
        nullable: '5+',
        default: null,
        ignorable: true,
      },
      {
        name: 'protocolName',
        type: 'string',
        versions: '5+',
        nullable: '5+',
        default: null,
        ignorable: true,
      },
      {
        name: 'assignments',
        type: '[]SyncGroupRequestAssignment',
        versions: '0+',
        about: 'empty unless the sender leads the group',
        fields: [
          { name: 'memberId', type: 'string', versions: '0+' },
          { name: 'assignment', type: 'bytes', versions: '0+' },
        ],
      },
    ],
  },
  response: {
    name: 'SyncGroupResponse',
    versions: '0-5',
    flexible: '4+',
    fields: [
      { name: 'throttleTimeMs', type: 'int32', versions: '1+', ignorable: true },
      { name: 'errorCode', type: 'int16', versions: '0+' },
      {
        name: 'protocolType',
        type: 'string',
        versions: '5+',
        nullable: '5+',
        default: null,
        ignorable: true,
      },
      {
        name: 'protocolName',
        type: 'string',
        versions: '5+',
        nullable: '5+',
        default: null,
        ignorable: true,
      },
      { name: 'assignment', type: 'bytes', versions: '0+' },
    ],
  },
}
