import type { ApiSchema } from './language.ts'

/** Deletes topics by name or by id. */
export const deleteTopics: ApiSchema = {
  key: 20,
  name: 'DeleteTopics',
  request: {
    name: 'DeleteTopicsRequest',
    versions: '1-6',
    flexible: '4+',
    fields: [
      {
        name: 'topics',
        type: '[]DeleteTopicState',
        versions: '6+',
        about: 'replaces topicNames',
        fields: [
          {
            name: 'name',
            type: 'string',
            versions: '6+',
            nullable: '6+',
            default: null,
            about: 'null when given by id',
          },
          { name: 'topicId', type: 'uuid', versions: '6+' },
        ],
      },
      { name: 'topicNames', type: '[]string', versions: '0-5', ignorable: true },
      { name: 'timeoutMs', type: 'int32', versions: '0+' },
    ],
  },
  response: {
    name: 'DeleteTopicsResponse',
    versions: '1-6',
    flexible: '4+',
    fields: [
      { name: 'throttleTimeMs', type: 'int32', versions: '1+', ignorable: true },
      {
        name: 'responses',
        type: '[]DeletableTopicResult',
        versions: '0+',
        fields: [
          { name: 'name', type: 'string', versions: '0+', nullable: '6+' },
          { name: 'topicId', type: 'uuid', versions: '6+', ignorable: true },
          { name: 'errorCode', type: 'int16', versions: '0+' },
          {
            name: 'errorMessage',
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
}
