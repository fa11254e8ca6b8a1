/** No client: a request that was encoded once, written to a socket, and the answer awaited. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { produceApi } from '../../../src/protocol/generated/00-produce.ts'
import { encodeRequestFrame, openResponse } from '../../../src/protocol/header.ts'
import { encodeBatch, newBatch } from '../../../src/protocol/record-batch.ts'
import { valueBytes } from '../task.ts'
import { serveTask } from './client-under-test.ts'

const version = 9
const sizeBytes = 4

await serveTask({
  async produce({ bootstrap, topic }) {
    const value = Buffer.alloc(valueBytes, 'v')
    const records = encodeBatch(newBatch([{ timestamp: Date.now(), key: null, value }]))
    const frame = encodeRequestFrame(produceApi, version, 1, 'bench', {
      acks: 1,
      timeoutMs: 10_000,
      topicData: [{ name: topic, partitionData: [{ index: 0, records }] }],
    })
    const [host = '', port] = bootstrap.split(':')
    const socket = connect({ host, port: Number(port), noDelay: true })
    await once(socket, 'connect')
    let answered: (answer: Buffer) => void = () => {}
    socket.on('data', (chunk) => {
      // One request is under way, and its answer is far smaller than what a socket hands over.
      if (chunk.length !== sizeBytes + chunk.readInt32BE(0)) throw new Error('half an answer')
      answered(chunk)
    })
    const one = (): Promise<Buffer> => {
      const answer = new Promise<Buffer>((resolve) => {
        answered = resolve
      })
      socket.write(frame)
      return answer
    }
    const answer = openResponse(produceApi.key, version, (await one()).subarray(sizeBytes))
    const { responses } = produceApi.response.decode(answer.reader, version)
    const errorCode = responses[0]?.partitionResponses[0]?.errorCode
    if (errorCode !== 0) throw new Error(`the bare request was answered with error ${errorCode}`)
    return { one }
  },
})
