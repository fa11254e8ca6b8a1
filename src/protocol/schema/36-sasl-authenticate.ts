import type { ApiSchema } from './language.ts'

/** Carries one message of a SASL mechanism, and the broker's answer to it. */
export const saslAuthenticate: ApiSchema = {
  key: 36,
  name: 'SaslAuthenticate',
  request: {
    name: 'SaslAuthenticateRequest',
    versions: '0-2',
    flexible: '2+',
    fields: [{ name: 'authBytes', type: 'bytes', versions: '0+' }],
  },
  response: {
    name: 'SaslAuthenticateResponse',
    versions: '0-2',
    flexible: '2+',
    fields: [
      { name: 'errorCode', type: 'int16', versions: '0+' },
      { name: 'errorMessage', type: 'string', versions: '0+', nullable: '0+' },
      { name: 'authBytes', type: 'bytes', versions: '0+' },
      {
        name: 'sessionLifetimeMs',
        type: 'int64',
        versions: '1+',
        default: 0,
        ignorable: true,
        about: 'after that long the broker ends the connection unless the client is here again',
      },
    ],
  },
}
