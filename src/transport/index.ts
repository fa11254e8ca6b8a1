/** Client connections. */
export type { Authentication, SaslExchange } from './authenticate.ts'
export {
  BrokerConnection,
  type BrokerConnectionOptions,
  type CallOptions,
  type RequestOf,
  type VersionRange,
} from './broker-connection.ts'
export {
  ConnectionError,
  type ConnectionFault,
  UnreadableAnswerError,
  UnsupportedVersionError,
} from './connection-error.ts'
