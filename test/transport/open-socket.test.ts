import { type AddressInfo, createServer } from 'node:net'
import { expect, test } from 'vitest'
import { openSocket } from '../../src/transport/open-socket.ts'

const onread = { buffer: Buffer.alloc(100), callback: () => true }

test('a host that does not exist is named', async () => {
  const endpoint = { host: 'nowhere.invalid', port: 9092 }
  await expect(openSocket(endpoint, { connectTimeoutMs: 5000 }, onread)).rejects.toMatchObject({
    name: 'ConnectionError',
    fault: 'unreachable',
    peer: 'nowhere.invalid:9092',
  })
})

test('a place that a broker told and that is none is told as unreachable', async () => {
  for (const [host, port] of [
    ['127.0.0.1', 0],
    ['127.0.0.1', -1],
    ['127.0.0.1', 65_536],
    ['', 9092],
  ] as const) {
    const opening = openSocket({ host, port }, { connectTimeoutMs: 500 }, onread)
    await expect(opening).rejects.toMatchObject({ name: 'ConnectionError', fault: 'unreachable' })
    await expect(opening).rejects.toThrow('that is no place of a broker')
  }
})

test('who does not finish the handshake is given up after the time for it', async () => {
  const server = createServer((socket) => socket.on('error', () => {}).resume())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const endpoint = { host: '127.0.0.1', port: (server.address() as AddressInfo).port }
  const opening = openSocket(endpoint, { connectTimeoutMs: 50, tls: {} }, onread)
  await expect(opening).rejects.toThrow('no answer within 50 ms')
  await new Promise((resolve) => server.close(resolve))
})

test('what nobody wants any more is not waited for', async () => {
  const server = createServer((socket) => socket.on('error', () => {}).resume())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const endpoint = { host: '127.0.0.1', port: (server.address() as AddressInfo).port }
  const end = new AbortController()
  const options = { connectTimeoutMs: 60_000, tls: {}, signal: end.signal }
  const opening = openSocket(endpoint, options, onread)
  setTimeout(() => end.abort(), 30)
  await expect(opening).rejects.toThrow('nobody wants it any more')
  await expect(openSocket(endpoint, options, onread)).rejects.toThrow('nobody wants it')
  await new Promise((resolve) => server.close(resolve))
})

test('a listener without TLS is recognised', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', () => socket.write('no TLS here, sorry'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const endpoint = { host: '127.0.0.1', port: (server.address() as AddressInfo).port }
  const opening = openSocket(endpoint, { connectTimeoutMs: 2000, tls: {} }, onread)
  await expect(opening).rejects.toThrow('its listener does not speak TLS')
  await new Promise((resolve) => server.close(resolve))
})
