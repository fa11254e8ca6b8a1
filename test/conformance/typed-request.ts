import type { Api } from '../../src/protocol/codec.ts'
import { encodeRequestFrame, openResponse } from '../../src/protocol/header.ts'
import type { RawConnection } from './raw-connection.ts'

/** Sends a request by its schema; what it gives resolves with its answer. */
export async function ask<Request, RequestInput, Response, ResponseInput>(
  connection: RawConnection,
  api: Api<Request, RequestInput, Response, ResponseInput>,
  version: number,
  request: RequestInput,
): Promise<Response> {
  connection.send(encodeRequestFrame(api, version, 7, 'test', request))
  const frame = await connection.nextAnswer()
  if (frame === undefined) throw new Error(`the connection was closed instead of ${api.name}`)
  return api.response.decode(openResponse(api.key, version, frame).reader, version)
}
