import type { ApiSchema } from './language.ts'

/** Lists the transactions that a broker coordinates. */
export const listTransactions: ApiSchema = {
  key: 66,
  name: 'ListTransactions',
  request: {
    name: 'ListTransactionsRequest',
    versions: '0-2',
    flexible: '0+',
    fields: [
      { name: 'stateFilters', type: '[]string', versions: '0+', about: 'empty for all' },
      { name: 'producerIdFilters', type: '[]int64', versions: '0+', about: 'empty for all' },
      {
        name: 'durationFilter',
        type: 'int64',
        versions: '1+',
        default: -1,
        about: 'only those that run longer, in ms; -1 for all',
      },
      {
        name: 'transactionalIdPattern',
        type: 'string',
        versions: '2+',
        nullable: '2+',
        default: null,
        about: 'a regular expression of RE2; null or empty for all',
      },
    ],
  },
  response: {
    name: 'ListTransactionsResponse',
    versions: '0-2',
    flexible: '0+',
    fields: [
      { name: 'throttleTimeMs', type: 'int32', versions: '0+' },
      { name: 'errorCode', type: 'int16', versions: '0+' },
      { name: 'unknownStateFilters', type: '[]string', versions: '0+' },
      {
        name: 'transactionStates',
        type: '[]ListedTransaction',
        versions: '0+',
        fields: [
          { name: 'transactionalId', type: 'string', versions: '0+' },
          { name: 'producerId', type: 'int64', versions: '0+' },
          { name: 'transactionState', type: 'string', versions: '0+' },
        ],
      },
    ],
  },
}
