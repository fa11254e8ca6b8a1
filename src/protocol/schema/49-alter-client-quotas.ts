import type { ApiSchema } from './language.ts'

/** Changes the quotas of users, client ids and addresses. */
export const alterClientQuotas: ApiSchema = {
  key: 49,
  name: 'AlterClientQuotas',
  request: {
    name: 'AlterClientQuotasRequest',
    versions: '0-1',
    flexible: '1+',
    fields: [
      {
        name: 'entries',
        type: '[]AlterClientQuotasEntry',
        versions: '0+',
        fields: [
          {
            name: 'entity',
            type: '[]AlterClientQuotasEntity',
            versions: '0+',
            fields: [
              { name: 'entityType', type: 'string', versions: '0+' },
              {
                name: 'entityName',
                type: 'string',
                versions: '0+',
                nullable: '0+',
                about: 'null for the default',
              },
            ],
          },
          {
            name: 'ops',
            type: '[]AlterClientQuotasOperation',
            versions: '0+',
            fields: [
              { name: 'key', type: 'string', versions: '0+' },
              { name: 'value', type: 'float64', versions: '0+' },
              { name: 'remove', type: 'bool', versions: '0+' },
            ],
          },
        ],
      },
      { name: 'validateOnly', type: 'bool', versions: '0+' },
    ],
  },
  response: {
    name: 'AlterClientQuotasResponse',
    versions: '0-1',
    flexible: '1+',
    fields: [
      { name: 'throttleTimeMs', type: 'int32', versions: '0+' },
      {
        name: 'entries',
        type: '[]AlterClientQuotasResult',
        versions: '0+',
        fields: [
          { name: 'errorCode', type: 'int16', versions: '0+' },
          { name: 'errorMessage', type: 'string', versions: '0+', nullable: '0+' },
          {
            name: 'entity',
            type: '[]AlterClientQuotasResultEntity',
            versions: '0+',
            fields: [
              { name: 'entityType', type: 'string', versions: '0+' },
              {
                name: 'entityName',
                type: 'string',
                versions: '0+',
                nullable: '0+',
                about: 'null for the default',
              },
            ],
          },
        ],
      },
    ],
  },
}
