/**
 * InitProducerId for idempotent producers. A producer that brings its old id gets a new one, as
 * from Apache Kafka: only a transactional id could tell that it still is the same producer.
 */
import { ErrorCode } from '../../protocol/error-codes.ts'
import {
  type InitProducerIdRequest,
  type InitProducerIdResponseInput,
  initProducerIdApi,
} from '../../protocol/generated/22-init-producer-id.ts'
import type { Handler } from './handler.ts'

/** Handles InitProducerId 0 to 5. */
export const initProducerId: Handler<InitProducerIdRequest, InitProducerIdResponseInput> = {
  api: initProducerIdApi,

  async handle(request, _call, broker) {
    const { transactionalId, producerId, producerEpoch } = request
    if ((producerId === -1) !== (producerEpoch === -1) || transactionalId === '') {
      return failed(ErrorCode.INVALID_REQUEST)
    }
    if (transactionalId !== null) {
      broker.logger.info(
        `Refused the transactional id "${transactionalId}": ` +
          'this broker does not serve transactions.',
      )
      return failed(ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED)
    }
    return {
      errorCode: ErrorCode.NONE,
      producerId: await broker.producerIds.next(),
      producerEpoch: 0,
    }
  },

  refusal(_request, code) {
    return failed(code)
  },
}

function failed(errorCode: number): InitProducerIdResponseInput {
  return { errorCode, producerId: -1, producerEpoch: -1 }
}
