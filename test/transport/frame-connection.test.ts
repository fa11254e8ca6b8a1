import { type AddressInfo, createServer } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { ConnectionError } from '../../src/transport/connection-error.ts'
import { FrameConnection } from '../../src/transport/frame-connection.ts'
import { framed, type Script, scriptedBroker } from './scripted-broker.ts'

const options = { connectTimeoutMs: 2000, frameBytesMax: 1000 }
const timeoutMs = 2000
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
  const got = await Promise.all(sent.map((bytes) => opened.exchange([framed(bytes)], timeoutMs)))
  expect(got.map(String)).toEqual(['one', 'two', 'three'])
})

test('a peer that closes fails all exchanges, and those to come', async () => {
  const opened = await connection((_frame, socket) => {
    socket.destroy()
    return undefined
  })
  const both = await Promise.allSettled([
    opened.exchange([framed(Buffer.from('a'))], timeoutMs),
    opened.exchange([framed(Buffer.from('b'))], timeoutMs),
  ])
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  await expect(opened.exchange([framed(Buffer.from('c'))], timeoutMs)).rejects.toThrow(
    ConnectionError,
  )
})

test('a connection that is reset fails its exchanges with the cause', async () => {
  const opened = await connection((_frame, socket) => {
    socket.resetAndDestroy()
    return undefined
  })
  await expect(opened.exchange([framed(Buffer.from('a'))], timeoutMs)).rejects.toThrow(
    /broke: .*ECONNRESET/,
  )
  await expect(opened.exchange([framed(Buffer.from('b'))], timeoutMs)).rejects.toThrow(/broke/)
})

test('an answer that does not come in time fails the connection', async () => {
  const opened = await connection(() => undefined)
  const patient = opened.exchange([framed(Buffer.from('a'))], timeoutMs)
  const hasty = opened.exchange([framed(Buffer.from('b'))], 30)
  // What came behind the late answer could not be told apart: all of them fail, as in Kafka.
  await expect(hasty).rejects.toThrow('within 30 ms')
  await expect(patient).rejects.toMatchObject({ fault: 'timeout' })
})

test('what is not the protocol, or was not asked for, fails the connection', async () => {
  const web = await connection((_frame, socket) => {
    socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')
    return undefined
  })
  await expect(web.exchange([framed(Buffer.from('a'))], timeoutMs)).rejects.toThrow(
    'not the Kafka protocol',
  )
  const eager = await connection((frame, socket) => {
    socket.write(framed(frame))
    return frame
  })
  await eager.exchange([framed(Buffer.from('a'))], timeoutMs)
  await new Promise((resolve) => setTimeout(resolve, 50))
  await expect(eager.exchange([framed(Buffer.from('b'))], timeoutMs)).rejects.toThrow(
    'nobody asked for',
  )
})

test('nobody listens: the sentence names peer and cause', async () => {
  const broker = await scriptedBroker(echo)
  await broker.close()
  const { port } = broker.endpoint
  await expect(FrameConnection.open(broker.endpoint, options)).rejects.toThrow(
    `Cannot connect to 127.0.0.1:${port}: nothing listens there (connection refused).`,
  )
})

test('a timer that was set for an answered exchange harms none that came later', async () => {
  let silent = false
  const opened = await connection((frame) => (silent ? undefined : frame))
  await opened.exchange([framed(Buffer.from('a'))], 60)
  silent = true
  const startMs = performance.now()
  await expect(opened.exchange([framed(Buffer.from('b'))], 120)).rejects.toThrow('within 120 ms')
  expect(performance.now() - startMs).toBeGreaterThan(110)
})

test('a frame goes out in pieces, and its end tells when they are free', async () => {
  const opened = await connection(echo)
  const body = Buffer.alloc(900, 3)
  const pieces = [framed(body).subarray(0, 10), body.subarray(6, 500), body.subarray(500)]
  let told = 0
  const answer = await opened.exchange(pieces, timeoutMs, () => told++)
  expect(answer.equals(body)).toBe(true)
  expect(told).toBe(1)
})

test('pieces are free exactly once when the connection breaks', async () => {
  const opened = await connection((_frame, socket) => {
    socket.destroy()
    return undefined
  })
  const told: string[] = []
  const first = opened.exchange([framed(Buffer.alloc(900))], timeoutMs, () => told.push('first'))
  // More than a socket takes at once, so that most of it still lies in the queue at the end.
  const large = framed(Buffer.alloc(32 << 20))
  const second = opened.exchange([large], timeoutMs, () => told.push('second'))
  await Promise.allSettled([first, second])
  await expect(
    opened.exchange([framed(Buffer.from('x'))], timeoutMs, () => told.push('third')),
  ).rejects.toThrow(ConnectionError)
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(told.toSorted()).toEqual(['first', 'second', 'third'])
})

test('what nobody answers resolves when it is written, between what is answered', async () => {
  const got: string[] = []
  const opened = await connection((frame) => {
    got.push(String(frame))
    return String(frame) === 'told' ? undefined : frame
  })
  const before = opened.exchange([framed(Buffer.from('before'))], timeoutMs)
  await opened.tell([framed(Buffer.from('told'))], timeoutMs)
  const after = opened.exchange([framed(Buffer.from('after'))], timeoutMs)
  expect(String(await before)).toBe('before')
  expect(String(await after)).toBe('after')
  expect(got).toEqual(['before', 'told', 'after'])
  opened.close()
  await expect(opened.tell([framed(Buffer.from('late'))], timeoutMs)).rejects.toThrow('is closed')
})

test('the end is told to whoever asked, also when it is over', async () => {
  const opened = await connection(echo)
  const told: string[] = []
  opened.onEnd(({ fault }) => told.push(fault))
  expect(opened.failure).toBeUndefined()
  opened.close()
  opened.onEnd(({ fault }) => told.push(`late ${fault}`))
  expect(told).toEqual(['closed', 'late closed'])
  expect(opened.failure?.fault).toBe('closed')
})

test('a frame that nobody takes in time fails the connection, answered or not', async () => {
  const server = createServer((socket) => socket.on('error', () => {}).pause())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const opened = await FrameConnection.open({ host: '127.0.0.1', port }, options)
  ends.push(
    () => opened.close(),
    () => server.close(),
  )
  // More than the buffers of both sockets hold.
  const large = framed(Buffer.alloc(64 << 20))
  const told = opened.tell([large], 80)
  expect(opened.inFlight).toBe(1)
  await expect(told).rejects.toMatchObject({ fault: 'timeout' })
  await expect(told).rejects.toThrow(`127.0.0.1:${port} did not take a request within 80 ms.`)
  expect([opened.failure?.fault, opened.inFlight]).toEqual(['timeout', 0])
})

test('a frame that was taken in time leaves no deadline behind', async () => {
  const opened = await connection((frame) => (frame.length > 4 ? undefined : frame))
  await opened.tell([framed(Buffer.from('taken'))], 40)
  expect(opened.inFlight).toBe(0)
  await new Promise((resolve) => setTimeout(resolve, 80))
  const answer = await opened.exchange([framed(Buffer.from('a'))], timeoutMs)
  expect(String(answer)).toBe('a')
})
