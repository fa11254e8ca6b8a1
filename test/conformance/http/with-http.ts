import { type BrokerTarget, odradekTarget } from '../broker-target.ts'

/** Our broker with `--http` on the port above its own, which is free. */
export const withHttp: BrokerTarget = {
  ...odradekTarget,
  command: (folder, port, settings) => {
    const http = ['--http', `127.0.0.1:${port + 1}`]
    return [...odradekTarget.command(folder, port, settings), ...http]
  },
}

/** Asks for a page of a broker that listens on `port`. */
export function getPage({ port }: { readonly port: number }, path: string): Promise<Response> {
  return fetch(`http://127.0.0.1:${port + 1}${path}`)
}
