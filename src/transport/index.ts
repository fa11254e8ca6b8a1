/** Client connections. */
export { BrokerConnection, type BrokerConnectionOptions } from './broker-connection.ts'
export { ConnectionError } from './frame-connection.ts'
