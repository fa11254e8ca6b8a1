import type { ApiSchema } from './language.ts'

/** Creates topics. */
export const createTopics: ApiSchema = {
  key: 19,
  name: 'CreateTopics',
  request: {
    name: 'CreateTopicsRequest',
    versions: '2-7',
    flexible: '5+',
    fields: [
      {
        name: 'topics',
        type: '[]CreatableTopic',
        versions: '0+',
        fields: [
          { name: 'name', type: 'string', versions: '0+' },
          {
            name: 'numPartitions',
            type: 'int32',
            versions: '0+',
            about: '-1 for the default, or when assigned by hand',
          },
          {
            name: 'replicationFactor',
            type: 'int16',
            versions: '0+',
            about: '-1 for the default, or when assigned by hand',
          },
          {
            name: 'assignments',
            type: '[]CreatableReplicaAssignment',
            versions: '0+',
            about: 'empty unless replicas are placed by hand',
            fields: [
              { name: 'partitionIndex', type: 'int32', versions: '0+' },
              { name: 'brokerIds', type: '[]int32', versions: '0+' },
            ],
          },
          {
            name: 'configs',
            type: '[]CreatableTopicConfig',
            versions: '0+',
            fields: [
              { name: 'name', type: 'string', versions: '0+' },
              { name: 'value', type: 'string', versions: '0+', nullable: '0+' },
            ],
          },
        ],
      },
      { name: 'timeoutMs', type: 'int32', versions: '0+', default: 60000 },
      { name: 'validateOnly', type: 'bool', versions: '1+', default: false },
    ],
  },
  response: {
    name: 'CreateTopicsResponse',
    versions: '2-7',
    flexible: '5+',
    fields: [
      { name: 'throttleTimeMs', type: 'int32', versions: '2+', ignorable: true },
      {
        name: 'topics',
        type: '[]CreatableTopicResult',
        versions: '0+',
        fields: [
          { name: 'name', type: 'string', versions: '0+' },
          { name: 'topicId', type: 'uuid', versions: '7+', ignorable: true },
          { name: 'errorCode', type: 'int16', versions: '0+' },
          { name: 'errorMessage', type: 'string', versions: '1+', nullable: '0+', ignorable: true },
          {
            name: 'topicConfigErrorCode',
            type: 'int16',
            versions: '5+',
            tag: 0,
            ignorable: true,
            about: 'why configs is null',
          },
          { name: 'numPartitions', type: 'int32', versions: '5+', default: -1, ignorable: true },
          {
            name: 'replicationFactor',
            type: 'int16',
            versions: '5+',
            default: -1,
            ignorable: true,
          },
          {
            name: 'configs',
            type: '[]CreatableTopicConfigs',
            versions: '5+',
            nullable: '5+',
            ignorable: true,
            fields: [
              { name: 'name', type: 'string', versions: '5+' },
              { name: 'value', type: 'string', versions: '5+', nullable: '5+' },
              { name: 'readOnly', type: 'bool', versions: '5+' },
              {
                name: 'configSource',
                type: 'int8',
                versions: '5+',
                default: -1,
                ignorable: true,
                about: 'as in DescribeConfigs',
              },
              { name: 'isSensitive', type: 'bool', versions: '5+' },
            ],
          },
        ],
      },
    ],
  },
}
