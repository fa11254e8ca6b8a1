/** `/health`: whether the broker can do all its work, for whoever restarts it or routes to it. */
import type { BrokerObservation } from '../broker/index.ts'
import { type Answer, jsonAnswer } from './answer.ts'

const statusOk = 200
const statusUnavailable = 503

/**
 * 200 `{"status":"ok"}` while the broker serves and every log directory is online. Otherwise 503,
 * with the status `starting`, `stopping` or `degraded`, and `problems` in sentences. Undefined: it
 * has not started yet.
 */
export function healthAnswer(broker: Pick<BrokerObservation, 'health'> | undefined): Answer {
  if (broker === undefined) return jsonAnswer(statusUnavailable, { status: 'starting' })
  const { serving, problems } = broker.health()
  if (!serving) return jsonAnswer(statusUnavailable, { status: 'stopping' })
  if (problems.length > 0) return jsonAnswer(statusUnavailable, { status: 'degraded', problems })
  return jsonAnswer(statusOk, { status: 'ok' })
}
