import type { HostPort } from '../../../src/base/endpoint.ts'
import { Reader } from '../../../src/protocol/reader.ts'
import { Writer } from '../../../src/protocol/writer.ts'
import { RawConnection } from '../raw-connection.ts'

const apiKey = 68
const version = 1
const memberId = 'AAAAAAAAAAAAAAAAAAAAAQ'

/**
 * ConsumerGroupHeartbeat 1 of one member that reads `topic`, which our broker does not serve: epoch
 * 0 joins the group, -1 leaves it. Resolves with the error code.
 */
export async function consumerGroupHeartbeat(
  { port, host }: HostPort,
  groupId: string,
  topic: string,
  epoch: 0 | -1,
): Promise<number> {
  const writer = new Writer()
  const lengthAt = writer.reserveInt32()
  writer.int16(apiKey)
  writer.int16(version)
  writer.int32(1)
  writer.string(false, 'exchange')
  writer.unsignedVarint(0)
  for (const text of [groupId, memberId]) writer.string(true, text)
  writer.int32(epoch)
  // No instance, no rack.
  for (let left = 2; left > 0; left--) writer.nullableString(true, null)
  const joins = epoch === 0
  writer.int32(joins ? 60_000 : -1)
  writer.unsignedVarint(joins ? 2 : 0)
  if (joins) writer.string(true, topic)
  // No pattern, no assignor.
  for (let left = 2; left > 0; left--) writer.nullableString(true, null)
  // Of its partitions it has none when it joins, and says nothing when it leaves.
  writer.unsignedVarint(joins ? 1 : 0)
  writer.unsignedVarint(0)
  writer.patchInt32(lengthAt, writer.position - lengthAt - 4)
  const connection = await RawConnection.open(port, host)
  try {
    connection.send(writer.finish())
    const answer = await connection.nextAnswer()
    if (answer === undefined) throw new Error('the connection was closed')
    const reader = new Reader(answer)
    reader.int32()
    reader.unsignedVarint()
    reader.int32()
    return reader.int16()
  } finally {
    connection.close()
  }
}
