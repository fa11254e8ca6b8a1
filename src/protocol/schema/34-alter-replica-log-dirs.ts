import type { ApiSchema } from './language.ts'

/** Moves replicas to other log directories of the broker that is asked. */
export const alterReplicaLogDirs: ApiSchema = {
  key: 34,
  name: 'AlterReplicaLogDirs',
  request: {
    name: 'AlterReplicaLogDirsRequest',
    versions: '1-2',
    flexible: '2+',
    fields: [
      {
        name: 'dirs',
        type: '[]AlterReplicaLogDir',
        versions: '0+',
        fields: [
          { name: 'path', type: 'string', versions: '0+', about: 'absolute, as the broker has it' },
          {
            name: 'topics',
            type: '[]AlterReplicaLogDirTopic',
            versions: '0+',
            fields: [
              { name: 'name', type: 'string', versions: '0+' },
              { name: 'partitions', type: '[]int32', versions: '0+' },
            ],
          },
        ],
      },
    ],
  },
  response: {
    name: 'AlterReplicaLogDirsResponse',
    versions: '1-2',
    flexible: '2+',
    fields: [
      { name: 'throttleTimeMs', type: 'int32', versions: '0+' },
      {
        name: 'results',
        type: '[]AlterReplicaLogDirTopicResult',
        versions: '0+',
        fields: [
          { name: 'topicName', type: 'string', versions: '0+' },
          {
            name: 'partitions',
            type: '[]AlterReplicaLogDirPartitionResult',
            versions: '0+',
            fields: [
              { name: 'partitionIndex', type: 'int32', versions: '0+' },
              { name: 'errorCode', type: 'int16', versions: '0+' },
            ],
          },
        ],
      },
    ],
  },
}
