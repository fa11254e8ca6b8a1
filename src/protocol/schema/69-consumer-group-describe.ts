import type { ApiSchema } from './language.ts'

/** Describes groups of the protocol of KIP-848, whose members the broker assigns. */
export const consumerGroupDescribe: ApiSchema = {
  key: 69,
  name: 'ConsumerGroupDescribe',
  request: {
    name: 'ConsumerGroupDescribeRequest',
    versions: '0-1',
    flexible: '0+',
    fields: [
      { name: 'groupIds', type: '[]string', versions: '0+' },
      { name: 'includeAuthorizedOperations', type: 'bool', versions: '0+' },
    ],
  },
  response: {
    name: 'ConsumerGroupDescribeResponse',
    versions: '0-1',
    flexible: '0+',
    structs: [
      {
        name: 'ConsumerGroupTopicPartitions',
        fields: [
          { name: 'topicId', type: 'uuid', versions: '0+' },
          { name: 'topicName', type: 'string', versions: '0+' },
          { name: 'partitions', type: '[]int32', versions: '0+' },
        ],
      },
      {
        name: 'ConsumerGroupAssignment',
        fields: [
          { name: 'topicPartitions', type: '[]ConsumerGroupTopicPartitions', versions: '0+' },
        ],
      },
    ],
    fields: [
      { name: 'throttleTimeMs', type: 'int32', versions: '0+' },
      {
        name: 'groups',
        type: '[]DescribedConsumerGroup',
        versions: '0+',
        fields: [
          { name: 'errorCode', type: 'int16', versions: '0+' },
          {
            name: 'errorMessage',
            type: 'string',
            versions: '0+',
            nullable: '0+',
            default: null,
          },
          { name: 'groupId', type: 'string', versions: '0+' },
          { name: 'groupState', type: 'string', versions: '0+' },
          { name: 'groupEpoch', type: 'int32', versions: '0+' },
          { name: 'assignmentEpoch', type: 'int32', versions: '0+' },
          { name: 'assignorName', type: 'string', versions: '0+' },
          {
            name: 'members',
            type: '[]ConsumerGroupMember',
            versions: '0+',
            fields: [
              { name: 'memberId', type: 'string', versions: '0+' },
              { name: 'instanceId', type: 'string', versions: '0+', nullable: '0+', default: null },
              { name: 'rackId', type: 'string', versions: '0+', nullable: '0+', default: null },
              { name: 'memberEpoch', type: 'int32', versions: '0+' },
              { name: 'clientId', type: 'string', versions: '0+' },
              { name: 'clientHost', type: 'string', versions: '0+' },
              { name: 'subscribedTopicNames', type: '[]string', versions: '0+' },
              {
                name: 'subscribedTopicRegex',
                type: 'string',
                versions: '0+',
                nullable: '0+',
                default: null,
              },
              { name: 'assignment', type: 'ConsumerGroupAssignment', versions: '0+' },
              { name: 'targetAssignment', type: 'ConsumerGroupAssignment', versions: '0+' },
              {
                name: 'memberType',
                type: 'int8',
                versions: '1+',
                default: -1,
                ignorable: true,
                about: '-1 unknown, 0 classic, 1 consumer',
              },
            ],
          },
          {
            name: 'authorizedOperations',
            type: 'int32',
            versions: '0+',
            default: -2147483648,
            about: 'bit set; the smallest int32 when not asked for',
          },
        ],
      },
    ],
  },
}
