import type { ApiSchema } from './language.ts'

/** Sets and takes away what users log in with; passwords go out salted and hashed. */
export const alterUserScramCredentials: ApiSchema = {
  key: 51,
  name: 'AlterUserScramCredentials',
  request: {
    name: 'AlterUserScramCredentialsRequest',
    versions: '0',
    flexible: '0+',
    fields: [
      {
        name: 'deletions',
        type: '[]ScramCredentialDeletion',
        versions: '0+',
        fields: [
          { name: 'name', type: 'string', versions: '0+' },
          {
            name: 'mechanism',
            type: 'int8',
            versions: '0+',
            about: '1 SCRAM-SHA-256, 2 SCRAM-SHA-512',
          },
        ],
      },
      {
        name: 'upsertions',
        type: '[]ScramCredentialUpsertion',
        versions: '0+',
        fields: [
          { name: 'name', type: 'string', versions: '0+' },
          { name: 'mechanism', type: 'int8', versions: '0+', about: 'as in deletions' },
          { name: 'iterations', type: 'int32', versions: '0+' },
          { name: 'salt', type: 'bytes', versions: '0+', about: 'random, made by the client' },
          { name: 'saltedPassword', type: 'bytes', versions: '0+', about: 'Hi() of RFC 5802' },
        ],
      },
    ],
  },
  response: {
    name: 'AlterUserScramCredentialsResponse',
    versions: '0',
    flexible: '0+',
    fields: [
      { name: 'throttleTimeMs', type: 'int32', versions: '0+' },
      {
        name: 'results',
        type: '[]AlterUserScramCredentialsResult',
        versions: '0+',
        fields: [
          { name: 'user', type: 'string', versions: '0+' },
          { name: 'errorCode', type: 'int16', versions: '0+' },
          { name: 'errorMessage', type: 'string', versions: '0+', nullable: '0+' },
        ],
      },
    ],
  },
}
