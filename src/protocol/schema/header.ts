import type { RecordSchema } from './language.ts'

/** What stands before the body of every request and response. */
export const headers: readonly RecordSchema[] = [
  {
    name: 'RequestHeader',
    versions: '1-2',
    flexible: '2+',
    fields: [
      { name: 'requestApiKey', type: 'int16', versions: '0+' },
      { name: 'requestApiVersion', type: 'int16', versions: '0+' },
      { name: 'correlationId', type: 'int32', versions: '0+' },
      {
        name: 'clientId',
        type: 'string',
        versions: '1+',
        nullable: '1+',
        flexible: false,
        about: 'keeps its int16 length in every version',
      },
    ],
  },
  {
    name: 'ResponseHeader',
    versions: '0-1',
    flexible: '1+',
    fields: [{ name: 'correlationId', type: 'int32', versions: '0+' }],
  },
]
