/** A broker in memory that real sockets reach: the fake data plane behind a TCP server. */
import { FakeDataPlane } from '../broker/fake-data-plane.ts'
import { startTestBroker } from '../broker/fixture.ts'
import { framed, scriptedBroker } from '../transport/scripted-broker.ts'

export async function socketBroker() {
  const plane = new FakeDataPlane()
  let next = 1
  const connections = new WeakMap<object, number>()
  const server = await scriptedBroker((frame, socket) => {
    const connection = connections.get(socket) ?? next++
    connections.set(socket, connection)
    void plane.sendBytes(frame, connection).then((outcome) => {
      if (outcome === 'closed') socket.destroy()
      else socket.write(framed(outcome))
    })
    return undefined
  })
  const { host, port } = server.endpoint
  const running = await startTestBroker({ plane, advertise: `${host}:${port}` })
  return {
    endpoint: server.endpoint,
    close: async () => {
      await server.close()
      await running.broker.stop()
    },
  }
}
