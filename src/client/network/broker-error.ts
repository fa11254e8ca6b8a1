import { assert } from '../../base/assert.ts'
import { ErrorCode, errorInfo } from '../../protocol/error-codes.ts'
import {
  ConnectionError,
  UnreadableAnswerError,
  UnsupportedVersionError,
} from '../../transport/index.ts'
import { ClientError, ClosedError, NetworkError, ProtocolError, TimeoutError } from '../error.ts'

/**
 * What the transport rejects with, as the client's own error with the original as its cause. An
 * error of our own bugs stays what it is.
 */
export function clientError(error: unknown): unknown {
  if (error instanceof ClientError) return error
  if (error instanceof UnsupportedVersionError) {
    const what = error.message.replace(/\.$/, '')
    const remedy = 'the broker is too old, or too new, for this call'
    return new ProtocolError(what, ErrorCode.UNSUPPORTED_VERSION, remedy, { cause: error })
  }
  if (error instanceof UnreadableAnswerError) {
    const what = error.message.replace(/\.$/, '')
    const why = 'offsets are numbers here, and it would be a wrong one'
    return new ProtocolError(what, ErrorCode.UNKNOWN_SERVER_ERROR, why, { cause: error })
  }
  if (!(error instanceof ConnectionError)) return error
  switch (error.fault) {
    case 'timeout':
      return new TimeoutError(error.message, { cause: error })
    case 'closed':
      return new NetworkError(error.message, { cause: error })
    case 'refused':
      return refused(error)
    default:
      return new NetworkError(error.message, { cause: error })
  }
}

/** Says that the client was closed. */
export function closedError(what: string): ClosedError {
  assert(!what.endsWith('.'), 'the sentence goes on')
  return new ClosedError(`${what}: the client is closed.`)
}

/** A certificate that is not trusted is told as an authentication that failed, as Kafka does. */
function refused(error: ConnectionError): ProtocolError {
  const [, what = error.message, why = ''] = /^([^:]*:\d+|[^:]*): (.*)$/.exec(error.message) ?? []
  assert(error.fault === 'refused', 'the peer does not let us in')
  const code = error.code ?? ErrorCode.SASL_AUTHENTICATION_FAILED
  return new ProtocolError(what, code, why.replace(/ \([A-Z_]+\)\.$/, ''), { cause: error })
}

/** Whether an error says that the client's metadata is old, so that it has to be asked for. */
export function saysMetadataIsOld(error: unknown): boolean {
  return error instanceof ClientError && errorInfo(error.kafkaCode).refreshesMetadata
}
