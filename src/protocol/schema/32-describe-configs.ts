import type { ApiSchema } from './language.ts'

/** Describes the configs of topics, brokers and other resources. */
export const describeConfigs: ApiSchema = {
  key: 32,
  name: 'DescribeConfigs',
  request: {
    name: 'DescribeConfigsRequest',
    versions: '1-4',
    flexible: '4+',
    fields: [
      {
        name: 'resources',
        type: '[]DescribeConfigsResource',
        versions: '0+',
        fields: [
          {
            name: 'resourceType',
            type: 'int8',
            versions: '0+',
            about: '2 topic, 4 broker, 8 broker logger, 16 client metrics, 32 group',
          },
          { name: 'resourceName', type: 'string', versions: '0+' },
          {
            name: 'configurationKeys',
            type: '[]string',
            versions: '0+',
            nullable: '0+',
            about: 'null for all',
          },
        ],
      },
      { name: 'includeSynonyms', type: 'bool', versions: '1+', default: false },
      { name: 'includeDocumentation', type: 'bool', versions: '3+', default: false },
    ],
  },
  response: {
    name: 'DescribeConfigsResponse',
    versions: '1-4',
    flexible: '4+',
    fields: [
      { name: 'throttleTimeMs', type: 'int32', versions: '0+' },
      {
        name: 'results',
        type: '[]DescribeConfigsResult',
        versions: '0+',
        fields: [
          { name: 'errorCode', type: 'int16', versions: '0+' },
          { name: 'errorMessage', type: 'string', versions: '0+', nullable: '0+' },
          { name: 'resourceType', type: 'int8', versions: '0+' },
          { name: 'resourceName', type: 'string', versions: '0+' },
          {
            name: 'configs',
            type: '[]DescribeConfigsResourceResult',
            versions: '0+',
            fields: [
              { name: 'name', type: 'string', versions: '0+' },
              { name: 'value', type: 'string', versions: '0+', nullable: '0+' },
              { name: 'readOnly', type: 'bool', versions: '0+' },
              {
                name: 'configSource',
                type: 'int8',
                versions: '1+',
                default: -1,
                ignorable: true,
                about:
                  '1 topic, 2 broker, 3 cluster, 4 file, 5 default, 6 logger, 7 metrics, 8 group',
              },
              { name: 'isSensitive', type: 'bool', versions: '0+' },
              {
                name: 'synonyms',
                type: '[]DescribeConfigsSynonym',
                versions: '1+',
                ignorable: true,
                about: 'where the value may come from, the winner first',
                fields: [
                  { name: 'name', type: 'string', versions: '1+' },
                  { name: 'value', type: 'string', versions: '1+', nullable: '0+' },
                  { name: 'source', type: 'int8', versions: '1+' },
                ],
              },
              {
                name: 'configType',
                type: 'int8',
                versions: '3+',
                default: 0,
                ignorable: true,
                about: '1 to 9: boolean, string, int, short, long, double, list, class, password',
              },
              {
                name: 'documentation',
                type: 'string',
                versions: '3+',
                nullable: '0+',
                ignorable: true,
              },
            ],
          },
        ],
      },
    ],
  },
}
