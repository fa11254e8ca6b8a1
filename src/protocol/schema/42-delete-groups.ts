import type { ApiSchema } from './language.ts'

/** Deletes empty groups with their offsets. */
export const deleteGroups: ApiSchema = {
  key: 42,
  name: 'DeleteGroups',
  request: {
    name: 'DeleteGroupsRequest',
    versions: '0-3',
    flexible: '2+',
    fields: [{ name: 'groupsNames', type: '[]string', versions: '0+' }],
  },
  response: {
    name: 'DeleteGroupsResponse',
    versions: '0-3',
    flexible: '2+',
    fields: [
      { name: 'throttleTimeMs', type: 'int32', versions: '0+' },
      {
        name: 'results',
        type: '[]DeletableGroupResult',
        versions: '0+',
        fields: [
          { name: 'groupId', type: 'string', versions: '0+' },
          { name: 'errorCode', type: 'int16', versions: '0+' },
          {
            name: 'errorMessage',
            type: 'string',
            versions: '3+',
            nullable: '3+',
            default: null,
            ignorable: true,
          },
        ],
      },
    ],
  },
}
