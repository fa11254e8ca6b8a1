import { afterEach, expect, test } from 'vitest'
import type { BrokerObservation } from '../../src/broker/index.ts'
import { OperationsServer } from '../../src/http/operations-server.ts'
import { createLogger } from '../../src/telemetry/index.ts'

let server: OperationsServer | undefined
afterEach(() => server?.close())

test('it says "starting" until it has a broker, then what the broker says', async () => {
  const lines: string[] = []
  const logger = createLogger({ write: (line) => lines.push(line), now: () => 0, level: 'info' })
  server = await OperationsServer.listen({ host: '127.0.0.1', port: 0 }, logger)
  const url = `http://127.0.0.1:${server.endpoint.port}/health`
  expect(lines.join()).toContain(url)
  const status = async (): Promise<unknown> =>
    ((await (await fetch(url)).json()) as { status: unknown }).status
  expect(await status()).toBe('starting')
  let serving = true
  const health = () => ({ serving, problems: [] })
  server.attach({ health } as unknown as BrokerObservation)
  expect(await status()).toBe('ok')
  serving = false
  expect(await status()).toBe('stopping')
})

test('a page that fails is a line of the log', async () => {
  const lines: string[] = []
  const logger = createLogger({ write: (line) => lines.push(line), now: () => 0, level: 'error' })
  server = await OperationsServer.listen({ host: '127.0.0.1', port: 0 }, logger)
  const health = (): never => {
    throw new Error('boom')
  }
  server.attach({ health } as unknown as BrokerObservation)
  const answer = await fetch(`http://127.0.0.1:${server.endpoint.port}/health`)
  expect(answer.status).toBe(500)
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain('The page /health failed: Error: boom')
})
