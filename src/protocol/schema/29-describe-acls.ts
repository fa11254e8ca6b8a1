import type { ApiSchema } from './language.ts'

/** Lists the access rules that a filter matches. */
export const describeAcls: ApiSchema = {
  key: 29,
  name: 'DescribeAcls',
  request: {
    name: 'DescribeAclsRequest',
    versions: '1-3',
    flexible: '2+',
    fields: [
      {
        name: 'resourceTypeFilter',
        type: 'int8',
        versions: '0+',
        about: '1 any, 2 topic, 3 group, 4 cluster, 5 transactional id, 6 token, 7 user',
      },
      {
        name: 'resourceNameFilter',
        type: 'string',
        versions: '0+',
        nullable: '0+',
        about: 'null for any',
      },
      {
        name: 'patternTypeFilter',
        type: 'int8',
        versions: '1+',
        default: 3,
        about: '1 any, 2 match, 3 literal, 4 prefixed',
      },
      {
        name: 'principalFilter',
        type: 'string',
        versions: '0+',
        nullable: '0+',
        about: 'null for any',
      },
      { name: 'hostFilter', type: 'string', versions: '0+', nullable: '0+', about: 'null for any' },
      {
        name: 'operation',
        type: 'int8',
        versions: '0+',
        about: '1 any, 2 all, 3 to 15 one operation',
      },
      { name: 'permissionType', type: 'int8', versions: '0+', about: '1 any, 2 deny, 3 allow' },
    ],
  },
  response: {
    name: 'DescribeAclsResponse',
    versions: '1-3',
    flexible: '2+',
    fields: [
      { name: 'throttleTimeMs', type: 'int32', versions: '0+' },
      { name: 'errorCode', type: 'int16', versions: '0+' },
      { name: 'errorMessage', type: 'string', versions: '0+', nullable: '0+' },
      {
        name: 'resources',
        type: '[]DescribeAclsResource',
        versions: '0+',
        fields: [
          { name: 'resourceType', type: 'int8', versions: '0+' },
          { name: 'resourceName', type: 'string', versions: '0+' },
          { name: 'patternType', type: 'int8', versions: '1+', default: 3 },
          {
            name: 'acls',
            type: '[]AclDescription',
            versions: '0+',
            fields: [
              { name: 'principal', type: 'string', versions: '0+' },
              { name: 'host', type: 'string', versions: '0+' },
              { name: 'operation', type: 'int8', versions: '0+' },
              { name: 'permissionType', type: 'int8', versions: '0+' },
            ],
          },
        ],
      },
    ],
  },
}
