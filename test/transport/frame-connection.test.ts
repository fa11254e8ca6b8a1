import { afterEach, expect, test } from 'vitest'
import { ConnectionError, FrameConnection } from '../../src/transport/frame-connection.ts'
import { framed, type Script, scriptedBroker } from './scripted-broker.ts'

const options = { connectTimeoutMs: 2000, requestTimeoutMs: 2000, frameBytesMax: 1000 }
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

async function connection(script: Script, more: Partial<typeof options> = {}) {
  const broker = await scriptedBroker(script)
  const opened = await FrameConnection.open(broker.endpoint, { ...options, ...more })
  ends.push(() => opened.close(), broker.close)
  return opened
}

const echo: Script = (frame) => frame

test('exchanges overlap and are answered in order', async () => {
  const opened = await connection(echo)
  const sent = ['one', 'two', 'three'].map((text) => Buffer.from(text))
  const got = await Promise.all(sent.map((bytes) => opened.exchange(framed(bytes))))
  expect(got.map(String)).toEqual(['one', 'two', 'three'])
})

test('a peer that closes fails all exchanges, and those to come', async () => {
  const opened = await connection((_frame, socket) => {
    socket.destroy()
    return undefined
  })
  const both = await Promise.allSettled([
    opened.exchange(framed(Buffer.from('a'))),
    opened.exchange(framed(Buffer.from('b'))),
  ])
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  await expect(opened.exchange(framed(Buffer.from('c')))).rejects.toThrow(ConnectionError)
})

test('a connection that is reset fails its exchanges with the cause', async () => {
  const opened = await connection((_frame, socket) => {
    socket.resetAndDestroy()
    return undefined
  })
  await expect(opened.exchange(framed(Buffer.from('a')))).rejects.toThrow(/broke: .*ECONNRESET/)
  await expect(opened.exchange(framed(Buffer.from('b')))).rejects.toThrow(/broke/)
})

test('an answer that does not come in time fails the connection', async () => {
  const opened = await connection(() => undefined, { requestTimeoutMs: 30 })
  await expect(opened.exchange(framed(Buffer.from('a')))).rejects.toThrow('within 30 ms')
})

test('what is not the protocol, or was not asked for, fails the connection', async () => {
  const web = await connection((_frame, socket) => {
    socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')
    return undefined
  })
  await expect(web.exchange(framed(Buffer.from('a')))).rejects.toThrow('not the Kafka protocol')
  const eager = await connection((frame, socket) => {
    socket.write(framed(frame))
    return frame
  })
  await eager.exchange(framed(Buffer.from('a')))
  await new Promise((resolve) => setTimeout(resolve, 50))
  await expect(eager.exchange(framed(Buffer.from('b')))).rejects.toThrow('nobody asked for')
})

test('nobody listens: the sentence names peer and cause', async () => {
  const broker = await scriptedBroker(echo)
  await broker.close()
  const { port } = broker.endpoint
  await expect(FrameConnection.open(broker.endpoint, options)).rejects.toThrow(
    `Cannot connect to 127.0.0.1:${port}: nothing listens there (connection refused).`,
  )
})
