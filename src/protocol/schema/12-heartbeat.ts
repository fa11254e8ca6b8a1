import type { ApiSchema } from './language.ts'

/** Keeps a member of a classic group alive and tells it of rebalances. */
export const heartbeat: ApiSchema = {
  key: 12,
  name: 'Heartbeat',
  request: {
    name: 'HeartbeatRequest',
    versions: '0-4',
    flexible: '4+',
    fields: [
      { name: 'groupId', type: 'string', versions: '0+' },
      { name: 'generationId', type: 'int32', versions: '0+' },
      { name: 'memberId', type: 'string', versions: '0+' },
      { name: 'groupInstanceId', type: 'string', versions: '3+', nullable: '3+', default: null },
    ],
  },
  response: {
    name: 'HeartbeatResponse',
    versions: '0-4',
    flexible: '4+',
    fields: [
      { name: 'throttleTimeMs', type: 'int32', versions: '1+', ignorable: true },
      { name: 'errorCode', type: 'int16', versions: '0+' },
    ],
  },
}
