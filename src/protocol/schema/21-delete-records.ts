import type { ApiSchema } from './language.ts'

/** Deletes what partitions hold before an offset. */
export const deleteRecords: ApiSchema = {
  key: 21,
  name: 'DeleteRecords',
  request: {
    name: 'DeleteRecordsRequest',
    versions: '0-2',
    flexible: '2+',
    fields: [
      {
        name: 'topics',
        type: '[]DeleteRecordsTopic',
        versions: '0+',
        fields: [
          { name: 'name', type: 'string', versions: '0+' },
          {
            name: 'partitions',
            type: '[]DeleteRecordsPartition',
            versions: '0+',
            fields: [
              { name: 'partitionIndex', type: 'int32', versions: '0+' },
              {
                name: 'offset',
                type: 'int64',
                versions: '0+',
                about: 'the first one to keep; -1 for the high watermark',
              },
            ],
          },
        ],
      },
      { name: 'timeoutMs', type: 'int32', versions: '0+' },
    ],
  },
  response: {
    name: 'DeleteRecordsResponse',
    versions: '0-2',
    flexible: '2+',
    fields: [
      { name: 'throttleTimeMs', type: 'int32', versions: '0+' },
      {
        name: 'topics',
        type: '[]DeleteRecordsTopicResult',
        versions: '0+',
        fields: [
          { name: 'name', type: 'string', versions: '0+' },
          {
            name: 'partitions',
            type: '[]DeleteRecordsPartitionResult',
            versions: '0+',
            fields: [
              { name: 'partitionIndex', type: 'int32', versions: '0+' },
              {
                name: 'lowWatermark',
                type: 'int64',
                versions: '0+',
                about: 'log start offset now; -1 on an error',
              },
              { name: 'errorCode', type: 'int16', versions: '0+' },
            ],
          },
        ],
      },
    ],
  },
}
