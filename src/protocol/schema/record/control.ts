import type { RecordSchema } from '../language.ts'

/** Keys and values of control records, and what the quorum writes about itself. */
export const controlRecords: readonly RecordSchema[] = [
  {
    name: 'ControlRecordTypeSchema',
    versions: '0',
    flexible: 'none',
    fields: [{ name: 'type', type: 'int16', versions: '0+' }],
  },
  {
    name: 'EndTxnMarker',
    versions: '0',
    flexible: 'none',
    fields: [{ name: 'coordinatorEpoch', type: 'int32', versions: '0+' }],
  },
  {
    name: 'LeaderChangeMessage',
    versions: '0-1',
    flexible: '0+',
    fields: [
      { name: 'version', type: 'int16', versions: '0+' },
      { name: 'leaderId', type: 'int32', versions: '0+' },
      { name: 'voters', type: '[]LeaderChangeVoter', versions: '0+' },
      { name: 'grantingVoters', type: '[]LeaderChangeVoter', versions: '0+' },
    ],
    structs: [
      {
        name: 'LeaderChangeVoter',
        fields: [
          { name: 'voterId', type: 'int32', versions: '0+' },
          { name: 'voterDirectoryId', type: 'uuid', versions: '1+' },
        ],
      },
    ],
  },
  {
    name: 'SnapshotHeaderRecord',
    versions: '0',
    flexible: '0+',
    fields: [
      { name: 'version', type: 'int16', versions: '0+' },
      { name: 'lastContainedLogTimestamp', type: 'int64', versions: '0+' },
    ],
  },
  {
    name: 'SnapshotFooterRecord',
    versions: '0',
    flexible: '0+',
    fields: [{ name: 'version', type: 'int16', versions: '0+' }],
  },
  {
    name: 'KRaftVersionRecord',
    versions: '0',
    flexible: '0+',
    fields: [
      { name: 'version', type: 'int16', versions: '0+' },
      { name: 'kRaftVersion', type: 'int16', versions: '0+' },
    ],
  },
  {
    name: 'VotersRecord',
    versions: '0',
    flexible: '0+',
    fields: [
      { name: 'version', type: 'int16', versions: '0+' },
      {
        name: 'voters',
        type: '[]Voter',
        versions: '0+',
        fields: [
          { name: 'voterId', type: 'int32', versions: '0+' },
          { name: 'voterDirectoryId', type: 'uuid', versions: '0+' },
          {
            name: 'endpoints',
            type: '[]VoterEndpoint',
            versions: '0+',
            fields: [
              { name: 'name', type: 'string', versions: '0+' },
              { name: 'host', type: 'string', versions: '0+' },
              { name: 'port', type: 'uint16', versions: '0+' },
            ],
          },
          {
            name: 'kRaftVersionFeature',
            type: 'KRaftVersionFeature',
            versions: '0+',
            fields: [
              { name: 'minSupportedVersion', type: 'int16', versions: '0+' },
              { name: 'maxSupportedVersion', type: 'int16', versions: '0+' },
            ],
          },
        ],
      },
    ],
  },
]
