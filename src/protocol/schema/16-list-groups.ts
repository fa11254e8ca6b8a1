import type { ApiSchema } from './language.ts'

/** Lists the groups that a broker coordinates. */
export const listGroups: ApiSchema = {
  key: 16,
  name: 'ListGroups',
  request: {
    name: 'ListGroupsRequest',
    versions: '0-5',
    flexible: '3+',
    fields: [
      { name: 'statesFilter', type: '[]string', versions: '4+', about: 'empty for all' },
      { name: 'typesFilter', type: '[]string', versions: '5+', about: 'empty for all' },
    ],
  },
  response: {
    name: 'ListGroupsResponse',
    versions: '0-5',
    flexible: '3+',
    fields: [
      { name: 'throttleTimeMs', type: 'int32', versions: '1+', ignorable: true },
      { name: 'errorCode', type: 'int16', versions: '0+' },
      {
        name: 'groups',
        type: '[]ListedGroup',
        versions: '0+',
        fields: [
          { name: 'groupId', type: 'string', versions: '0+' },
          { name: 'protocolType', type: 'string', versions: '0+' },
          { name: 'groupState', type: 'string', versions: '4+', ignorable: true },
          { name: 'groupType', type: 'string', versions: '5+', ignorable: true },
        ],
      },
    ],
  },
}
