import type { ApiSchema } from './language.ts'

/** Creates access rules. */
export const createAcls: ApiSchema = {
  key: 30,
  name: 'CreateAcls',
  request: {
    name: 'CreateAclsRequest',
    versions: '1-3',
    flexible: '2+',
    fields: [
      {
        name: 'creations',
        type: '[]AclCreation',
        versions: '0+',
        fields: [
          {
            name: 'resourceType',
            type: 'int8',
            versions: '0+',
            about: '1 any, 2 topic, 3 group, 4 cluster, 5 transactional id, 6 token, 7 user',
          },
          { name: 'resourceName', type: 'string', versions: '0+' },
          {
            name: 'resourcePatternType',
            type: 'int8',
            versions: '1+',
            default: 3,
            about: '3 literal, 4 prefixed',
          },
          { name: 'principal', type: 'string', versions: '0+' },
          { name: 'host', type: 'string', versions: '0+' },
          { name: 'operation', type: 'int8', versions: '0+' },
          { name: 'permissionType', type: 'int8', versions: '0+', about: '2 deny, 3 allow' },
        ],
      },
    ],
  },
  response: {
    name: 'CreateAclsResponse',
    versions: '1-3',
    flexible: '2+',
    fields: [
      { name: 'throttleTimeMs', type: 'int32', versions: '0+' },
      {
        name: 'results',
        type: '[]AclCreationResult',
        versions: '0+',
        fields: [
          { name: 'errorCode', type: 'int16', versions: '0+' },
          { name: 'errorMessage', type: 'string', versions: '0+', nullable: '0+' },
        ],
      },
    ],
  },
}
