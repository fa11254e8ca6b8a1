import type { ApiSchema } from './language.ts'

/** Describes voters and observers of the metadata log. */
export const describeQuorum: ApiSchema = {
  key: 55,
  name: 'DescribeQuorum',
  request: {
    name: 'DescribeQuorumRequest',
    versions: '0-2',
    flexible: '0+',
    fields: [
      {
        name: 'topics',
        type: '[]DescribeQuorumTopic',
        versions: '0+',
        fields: [
          { name: 'topicName', type: 'string', versions: '0+' },
          {
            name: 'partitions',
            type: '[]DescribeQuorumPartition',
            versions: '0+',
            fields: [{ name: 'partitionIndex', type: 'int32', versions: '0+' }],
          },
        ],
      },
    ],
  },
  response: {
    name: 'DescribeQuorumResponse',
    versions: '0-2',
    flexible: '0+',
    fields: [
      { name: 'errorCode', type: 'int16', versions: '0+' },
      { name: 'errorMessage', type: 'string', versions: '2+', nullable: '2+', ignorable: true },
      {
        name: 'topics',
        type: '[]DescribeQuorumTopicResult',
        versions: '0+',
        fields: [
          { name: 'topicName', type: 'string', versions: '0+' },
          {
            name: 'partitions',
            type: '[]DescribeQuorumPartitionResult',
            versions: '0+',
            fields: [
              { name: 'partitionIndex', type: 'int32', versions: '0+' },
              { name: 'errorCode', type: 'int16', versions: '0+' },
              {
                name: 'errorMessage',
                type: 'string',
                versions: '2+',
                nullable: '2+',
                ignorable: true,
              },
              { name: 'leaderId', type: 'int32', versions: '0+', about: '-1 when unknown' },
              { name: 'leaderEpoch', type: 'int32', versions: '0+' },
              { name: 'highWatermark', type: 'int64', versions: '0+' },
              { name: 'currentVoters', type: '[]QuorumReplica', versions: '0+' },
              { name: 'observers', type: '[]QuorumReplica', versions: '0+' },
            ],
          },
        ],
      },
      {
        name: 'nodes',
        type: '[]QuorumNode',
        versions: '2+',
        fields: [
          { name: 'nodeId', type: 'int32', versions: '2+' },
          {
            name: 'listeners',
            type: '[]QuorumListener',
            versions: '2+',
            fields: [
              { name: 'name', type: 'string', versions: '2+' },
              { name: 'host', type: 'string', versions: '2+' },
              { name: 'port', type: 'uint16', versions: '2+' },
            ],
          },
        ],
      },
    ],
    structs: [
      {
        name: 'QuorumReplica',
        fields: [
          { name: 'replicaId', type: 'int32', versions: '0+' },
          { name: 'replicaDirectoryId', type: 'uuid', versions: '2+' },
          { name: 'logEndOffset', type: 'int64', versions: '0+' },
          {
            name: 'lastFetchTimestamp',
            type: 'int64',
            versions: '1+',
            default: -1,
            ignorable: true,
            about: 'in ms; -1 unknown',
          },
          {
            name: 'lastCaughtUpTimestamp',
            type: 'int64',
            versions: '1+',
            default: -1,
            ignorable: true,
            about: 'in ms; -1 unknown',
          },
        ],
      },
    ],
  },
}
