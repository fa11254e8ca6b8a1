import type { ApiSchema } from './language.ts'

/** Gives an idempotent or transactional producer its id and epoch. */
export const initProducerId: ApiSchema = {
  key: 22,
  name: 'InitProducerId',
  request: {
    name: 'InitProducerIdRequest',
    versions: '0-6',
    flexible: '2+',
    fields: [
      {
        name: 'transactionalId',
        type: 'string',
        versions: '0+',
        nullable: '0+',
        about: 'null for a producer that is only idempotent',
      },
      { name: 'transactionTimeoutMs', type: 'int32', versions: '0+' },
      {
        name: 'producerId',
        type: 'int64',
        versions: '3+',
        default: -1,
        about: '-1, or the id to continue with',
      },
      { name: 'producerEpoch', type: 'int16', versions: '3+', default: -1 },
      {
        name: 'enable2Pc',
        type: 'bool',
        versions: '6+',
        default: false,
        about: 'two-phase commit with an outside coordinator',
      },
      { name: 'keepPreparedTxn', type: 'bool', versions: '6+', default: false },
    ],
  },
  response: {
    name: 'InitProducerIdResponse',
    versions: '0-6',
    flexible: '2+',
    fields: [
      { name: 'throttleTimeMs', type: 'int32', versions: '0+', ignorable: true },
      { name: 'errorCode', type: 'int16', versions: '0+' },
      { name: 'producerId', type: 'int64', versions: '0+', default: -1 },
      { name: 'producerEpoch', type: 'int16', versions: '0+' },
      { name: 'ongoingTxnProducerId', type: 'int64', versions: '6+', default: -1 },
      { name: 'ongoingTxnProducerEpoch', type: 'int16', versions: '6+', default: -1 },
    ],
  },
}
