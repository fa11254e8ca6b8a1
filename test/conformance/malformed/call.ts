import type { Api } from '../../../src/protocol/codec.ts'
import { encodeRequestFrame, openResponse } from '../../../src/protocol/header.ts'
import type { RawConnection } from '../raw-connection.ts'

let lastCorrelationId = 0

/** Sends one valid request and decodes its answer; throws where there is none or it is broken. */
export async function call<Q, QInput, S, SInput>(
  connection: RawConnection,
  api: Api<Q, QInput, S, SInput>,
  version: number,
  request: QInput,
): Promise<S> {
  lastCorrelationId = (lastCorrelationId + 1) & 0x7fffffff
  const id = lastCorrelationId
  connection.send(encodeRequestFrame(api, version, id, 'conformance', request))
  return decodeAnswer(api, version, id, await connection.nextAnswer())
}

/** Decodes the answer to request `id`; throws where it is missing, foreign or broken. */
export function decodeAnswer<Q, QInput, S, SInput>(
  api: Api<Q, QInput, S, SInput>,
  version: number,
  id: number,
  answer: Buffer | undefined,
): S {
  if (answer === undefined) throw new Error(`${api.name} v${version}: connection closed`)
  const { correlationId, reader } = openResponse(api.key, version, answer)
  const response = api.response.decode(reader, version)
  if (reader.error !== null) throw new Error(`${api.name} v${version}: ${reader.error}`)
  if (reader.remaining > 0)
    throw new Error(`${api.name} v${version}: ${reader.remaining} bytes left`)
  if (correlationId !== id) throw new Error(`${api.name} v${version}: a foreign id`)
  return response
}
