import type { ApiSchema } from './language.ts'

/** Describes the log directories of a broker and what lies in them. */
export const describeLogDirs: ApiSchema = {
  key: 35,
  name: 'DescribeLogDirs',
  request: {
    name: 'DescribeLogDirsRequest',
    versions: '1-5',
    flexible: '2+',
    fields: [
      {
        name: 'topics',
        type: '[]DescribableLogDirTopic',
        versions: '0+',
        nullable: '0+',
        about: 'null for all',
        fields: [
          { name: 'topic', type: 'string', versions: '0+' },
          { name: 'partitions', type: '[]int32', versions: '0+' },
        ],
      },
    ],
  },
  response: {
    name: 'DescribeLogDirsResponse',
    versions: '1-5',
    flexible: '2+',
    fields: [
      { name: 'throttleTimeMs', type: 'int32', versions: '0+' },
      { name: 'errorCode', type: 'int16', versions: '3+', ignorable: true },
      {
        name: 'results',
        type: '[]DescribeLogDirsResult',
        versions: '0+',
        fields: [
          { name: 'errorCode', type: 'int16', versions: '0+' },
          { name: 'logDir', type: 'string', versions: '0+' },
          {
            name: 'topics',
            type: '[]DescribeLogDirsTopic',
            versions: '0+',
            fields: [
              { name: 'name', type: 'string', versions: '0+' },
              {
                name: 'partitions',
                type: '[]DescribeLogDirsPartition',
                versions: '0+',
                fields: [
                  { name: 'partitionIndex', type: 'int32', versions: '0+' },
                  { name: 'partitionSize', type: 'int64', versions: '0+', about: 'in bytes' },
                  {
                    name: 'offsetLag',
                    type: 'int64',
                    versions: '0+',
                    about: 'how far the log end is behind the high watermark',
                  },
                  {
                    name: 'isFutureKey',
                    type: 'bool',
                    versions: '0+',
                    about: 'true for a copy that is to replace the current one',
                  },
                ],
              },
            ],
          },
          {
            name: 'totalBytes',
            type: 'int64',
            versions: '4+',
            default: -1,
            ignorable: true,
            about: 'of the volume; -1 unknown',
          },
          {
            name: 'usableBytes',
            type: 'int64',
            versions: '4+',
            default: -1,
            ignorable: true,
            about: 'of the volume; -1 unknown',
          },
          { name: 'isCordoned', type: 'bool', versions: '5+', default: false, ignorable: true },
        ],
      },
    ],
  },
}
