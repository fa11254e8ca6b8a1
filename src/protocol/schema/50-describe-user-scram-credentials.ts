import type { ApiSchema } from './language.ts'

/** Tells with which mechanisms users can log in; no secrets. */
export const describeUserScramCredentials: ApiSchema = {
  key: 50,
  name: 'DescribeUserScramCredentials',
  request: {
    name: 'DescribeUserScramCredentialsRequest',
    versions: '0',
    flexible: '0+',
    fields: [
      {
        name: 'users',
        type: '[]ScramUserName',
        versions: '0+',
        nullable: '0+',
        about: 'null or empty for all',
        fields: [{ name: 'name', type: 'string', versions: '0+' }],
      },
    ],
  },
  response: {
    name: 'DescribeUserScramCredentialsResponse',
    versions: '0',
    flexible: '0+',
    fields: [
      { name: 'throttleTimeMs', type: 'int32', versions: '0+' },
      { name: 'errorCode', type: 'int16', versions: '0+' },
      { name: 'errorMessage', type: 'string', versions: '0+', nullable: '0+' },
      {
        name: 'results',
        type: '[]DescribeUserScramCredentialsResult',
        versions: '0+',
        fields: [
          { name: 'user', type: 'string', versions: '0+' },
          { name: 'errorCode', type: 'int16', versions: '0+' },
          { name: 'errorMessage', type: 'string', versions: '0+', nullable: '0+' },
          {
            name: 'credentialInfos',
            type: '[]CredentialInfo',
            versions: '0+',
            fields: [
              {
                name: 'mechanism',
                type: 'int8',
                versions: '0+',
                about: '1 SCRAM-SHA-256, 2 SCRAM-SHA-512',
              },
              { name: 'iterations', type: 'int32', versions: '0+' },
            ],
          },
        ],
      },
    ],
  },
}
