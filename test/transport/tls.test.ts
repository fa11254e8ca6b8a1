import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer, type TLSSocket } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { FrameAssembler } from '../../src/transport/frame-assembler.ts'
import { FrameConnection } from '../../src/transport/frame-connection.ts'
import { hasOpenssl, type SelfSigned, selfSigned } from '../fixtures/self-signed.ts'
import { pushChunk } from './push-chunk.ts'
import { framed } from './scripted-broker.ts'

const folder = mkdtempSync(join(tmpdir(), 'odradek-tls-'))
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})
afterAll(() => rmSync(folder, { recursive: true }))

describe.skipIf(!hasOpenssl())('a connection with TLS', () => {
  let own: SelfSigned
  beforeAll(() => {
    own = selfSigned(folder)
  })

  /** A server that sends each frame back. */
  async function serve(more: object = {}) {
    const sockets = new Set<TLSSocket>()
    const server = createServer({ ...own, ...more }, (socket) => {
      sockets.add(socket)
      const assembler = new FrameAssembler(64 << 20)
      socket.on('error', () => {})
      socket.on('data', (chunk) => {
        for (const frame of pushChunk(assembler, chunk) ?? []) socket.write(framed(frame))
      })
    })
    server.on('tlsClientError', () => {})
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    ends.push(() => {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(resolve))
    })
    return { host: '127.0.0.1', port: (server.address() as AddressInfo).port }
  }

  const options = { connectTimeoutMs: 5000, frameBytesMax: 64 << 20 }

  test('carries frames of every size, in pieces, both ways', async () => {
    const endpoint = await serve()
    const opened = await FrameConnection.open(endpoint, { ...options, tls: { ca: own.cert } })
    ends.push(() => opened.close())
    for (const size of [10, 20_000, 3 << 20]) {
      const frame = framed(Buffer.alloc(size, size % 251))
      let free = 0
      const pieces = [frame.subarray(0, 8), frame.subarray(8)]
      const answer = await opened.exchange(pieces, 10_000, () => free++)
      expect(answer.equals(frame.subarray(4))).toBe(true)
      expect(free).toBe(1)
    }
  })

  test('a certificate that nobody vouches for is refused for good', async () => {
    const endpoint = await serve()
    await expect(FrameConnection.open(endpoint, { ...options, tls: {} })).rejects.toMatchObject({
      fault: 'refused',
      message: expect.stringMatching(/Cannot connect to 127\.0\.0\.1:\d+: self-signed certificate/),
    })
  })

  test('so is one that is for another host', async () => {
    const endpoint = await serve()
    const tls = { ca: own.cert, servername: 'elsewhere.example' }
    await expect(FrameConnection.open(endpoint, { ...options, tls })).rejects.toMatchObject({
      fault: 'refused',
      cause: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
    })
  })

  test('a client shows its own certificate where the broker asks for one', async () => {
    const endpoint = await serve({ requestCert: true, rejectUnauthorized: true, ca: own.cert })
    const tls = { ca: own.cert, cert: own.cert, key: own.key }
    const opened = await FrameConnection.open(endpoint, { ...options, tls })
    ends.push(() => opened.close())
    const answer = await opened.exchange([framed(Buffer.from('mutual'))], 5000)
    expect(String(answer)).toBe('mutual')
  })
})
