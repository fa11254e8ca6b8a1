import type { Api } from '../../../../src/protocol/codec.ts'
import { encodeResponseFrame, openResponse } from '../../../../src/protocol/header.ts'
import type { SeenRequest } from './fault-proxy.ts'
import type { Fault } from './proxied-connection.ts'

/** What the frame of an answer says. */
export function decodeAnswer<Q, QI, Response, RI>(
  api: Api<Q, QI, Response, RI>,
  { version }: SeenRequest,
  frame: Buffer,
): Response {
  const { reader } = openResponse(api.key, version, frame)
  const response = api.response.decode(reader, version)
  if (reader.error !== null) throw new Error(`an answer of ${api.name}: ${reader.error}`)
  return response
}

/** The client gets another answer than the broker's: what `change` makes of it. */
export function rewriting<Q, QI, Response, ResponseInput>(
  api: Api<Q, QI, Response, ResponseInput>,
  change: (response: Response) => ResponseInput,
): Fault {
  return {
    kind: 'rewrite',
    answer: (request, frame) => {
      const response = change(decodeAnswer(api, request, frame))
      const correlationId = frame.readInt32BE(0)
      return encodeResponseFrame(api, request.version, correlationId, response).subarray(4)
    },
  }
}
