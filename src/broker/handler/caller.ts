import type { GroupCaller } from '../../coordinator/group/group-coordinator.ts'
import type { Call } from './handler.ts'

/** What the group coordinator wants to know of a caller. Kafka shows addresses with a slash. */
export function callerOf({ version, clientId, clientHost }: Call): GroupCaller {
  return { version, clientId: clientId ?? '', clientHost: `/${clientHost}` }
}
