import type { ApiSchema } from './language.ts'

/** Lists the quotas of the entities that a filter matches. */
export const describeClientQuotas: ApiSchema = {
  key: 48,
  name: 'DescribeClientQuotas',
  request: {
    name: 'DescribeClientQuotasRequest',
    versions: '0-1',
    flexible: '1+',
    fields: [
      {
        name: 'components',
        type: '[]DescribeClientQuotasComponent',
        versions: '0+',
        fields: [
          { name: 'entityType', type: 'string', versions: '0+', about: 'user, client-id or ip' },
          {
            name: 'matchType',
            type: 'int8',
            versions: '0+',
            about: '0 exact name, 1 default name, 2 any name',
          },
          {
            name: 'match',
            type: 'string',
            versions: '0+',
            nullable: '0+',
            about: 'the name; null unless it is to match exactly',
          },
        ],
      },
      {
        name: 'strict',
        type: 'bool',
        versions: '0+',
        about: 'whether entities with further types are left out',
      },
    ],
  },
  response: {
    name: 'DescribeClientQuotasResponse',
    versions: '0-1',
    flexible: '1+',
    fields: [
      { name: 'throttleTimeMs', type: 'int32', versions: '0+' },
      { name: 'errorCode', type: 'int16', versions: '0+' },
      { name: 'errorMessage', type: 'string', versions: '0+', nullable: '0+' },
      {
        name: 'entries',
        type: '[]DescribeClientQuotasEntry',
        versions: '0+',
        nullable: '0+',
        fields: [
          {
            name: 'entity',
            type: '[]DescribeClientQuotasEntity',
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
            name: 'values',
            type: '[]DescribeClientQuotasValue',
            versions: '0+',
            fields: [
              { name: 'key', type: 'string', versions: '0+' },
              { name: 'value', type: 'float64', versions: '0+' },
            ],
          },
        ],
      },
    ],
  },
}
