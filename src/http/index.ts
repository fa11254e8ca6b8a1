/** Health and metrics of a broker over HTTP. */
export { OperationsServer } from './operations-server.ts'
