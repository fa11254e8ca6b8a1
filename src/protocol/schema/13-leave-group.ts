import type { ApiSchema } from './language.ts'

/** Takes members out of a classic group. */
export const leaveGroup: ApiSchema = {
  key: 13,
  name: 'LeaveGroup',
  request: {
    name: 'LeaveGroupRequest',
    versions: '0-5',
    flexible: '4+',
    fields: [
      { name: 'groupId', type: 'string', versions: '0+' },
      { name: 'memberId', type: 'string', versions: '0-2' },
      {
        name: 'members',
        type: '[]MemberIdentity',
        versions: '3+',
        about: 'replaces memberId',
        fields: [
          { name: 'memberId', type: 'string', versions: '3+' },
          {
            name: 'groupInstanceId',
            type: 'string',
            versions: '3+',
            nullable: '3+',
            default: null,
          },
          {
            name: 'reason',
            type: 'string',
            versions: '5+',
            nullable: '5+',
            default: null,
            ignorable: true,
          },
        ],
      },
    ],
  },
  response: {
    name: 'LeaveGroupResponse',
    versions: '0-5',
    flexible: '4+',
    fields: [
      { name: 'throttleTimeMs', type: 'int32', versions: '1+', ignorable: true },
      { name: 'errorCode', type: 'int16', versions: '0+' },
      {
        name: 'members',
        type: '[]MemberResponse',
        versions: '3+',
        fields: [
          { name: 'memberId', type: 'string', versions: '3+' },
          { name: 'groupInstanceId', type: 'string', versions: '3+', nullable: '3+' },
          { name: 'errorCode', type: 'int16', versions: '3+' },
        ],
      },
    ],
  },
}
