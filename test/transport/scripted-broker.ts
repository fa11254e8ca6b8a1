/** A TCP server that answers each frame as a test says. */

import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'
import { FrameAssembler } from '../../src/transport/frame-assembler.ts'
import { pushChunk } from './push-chunk.ts'

/** Gets a frame without its length; what it returns is sent with one. */
export type Script = (frame: Buffer, socket: Socket) => Uint8Array | undefined

/** Listens on a free port unless one is given. */
export async function scriptedBroker(script: Script, wantedPort = 0) {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    const assembler = new FrameAssembler(64 << 20)
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      const frames = pushChunk(assembler, chunk)
      if (frames === undefined) socket.destroy()
      for (const frame of frames ?? []) {
        const answer = script(frame, socket)
        if (answer !== undefined) socket.write(framed(answer))
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(wantedPort, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    endpoint: { host: '127.0.0.1', port },
    open: () => sockets.size,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** The bytes with their length in front. */
export function framed(bytes: Uint8Array): Buffer {
  const frame = Buffer.alloc(4 + bytes.length)
  frame.writeInt32BE(bytes.length)
  frame.set(bytes, 4)
  return frame
}
