/** How a client proves who it is. */
export type { OAuthToken } from './oauth-bearer.ts'
export { type SaslClient, type SaslOptions, startSasl } from './sasl.ts'
