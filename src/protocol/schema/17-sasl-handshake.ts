import type { ApiSchema } from './language.ts'

/** Names the SASL mechanism that the client is about to use. */
export const saslHandshake: ApiSchema = {
  key: 17,
  name: 'SaslHandshake',
  request: {
    name: 'SaslHandshakeRequest',
    versions: '0-1',
    flexible: 'none',
    fields: [{ name: 'mechanism', type: 'string', versions: '0+' }],
  },
  response: {
    name: 'SaslHandshakeResponse',
    versions: '0-1',
    flexible: 'none',
    fields: [
      { name: 'errorCode', type: 'int16', versions: '0+' },
      {
        name: 'mechanisms',
        type: '[]string',
        versions: '0+',
        about: 'those that the broker has enabled',
      },
    ],
  },
}
