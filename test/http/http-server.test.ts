import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { type Answer, jsonAnswer, textAnswer } from '../../src/http/answer.ts'
import { HttpServer, type Page } from '../../src/http/http-server.ts'

const loopback = { host: '127.0.0.1', port: 0 }
let server: HttpServer | undefined
afterEach(() => server?.close())

async function serve(pages: Record<string, Page>): Promise<{ url: string; failures: unknown[] }> {
  const failures: unknown[] = []
  const onFailure = (path: string, cause: unknown): void => void failures.push([path, cause])
  server = await HttpServer.listen(loopback, { pages: new Map(Object.entries(pages)), onFailure })
  return { url: `http://127.0.0.1:${server.endpoint.port}`, failures }
}

test('a page is what its function makes, each time anew', async () => {
  let count = 0
  const { url } = await serve({ '/count': () => jsonAnswer(200, { count: ++count }) })
  for (const expected of [1, 2]) {
    const response = await fetch(`${url}/count?any=query`)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await response.json()).toEqual({ count: expected })
  }
})

test('HEAD has the head of GET', async () => {
  const { url } = await serve({ '/a': () => textAnswer(503, 'Not now: ü.') })
  const response = await fetch(`${url}/a`, { method: 'HEAD' })
  expect(response.status).toBe(503)
  expect(response.headers.get('content-length')).toBe(String(Buffer.byteLength('Not now: ü.\n')))
  expect(await response.text()).toBe('')
})

test('another path is told which there are, another method which are allowed', async () => {
  const page = (): Answer => textAnswer(200, 'a')
  const { url } = await serve({ '/a': page, '/b': page })
  const missing = await fetch(`${url}/c`)
  expect([missing.status, await missing.text()]).toEqual([404, 'There is /a and /b.\n'])
  const posted = await fetch(`${url}/a`, { method: 'POST', body: 'x' })
  expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
})

test.each(['thrown', 'rejected'])(
  'a page that fails (%s) is told of, the next is served',
  async (how) => {
    const cause = new Error('boom')
    const { url, failures } = await serve({
      '/bad': () => {
        if (how === 'thrown') throw cause
        return Promise.reject(cause)
      },
      '/good': () => textAnswer(200, 'good'),
    })
    const bad = await fetch(`${url}/bad`)
    expect(bad.status).toBe(500)
    expect(await bad.text()).not.toContain('boom')
    expect(failures).toEqual([['/bad', cause]])
    expect((await fetch(`${url}/good`)).status).toBe(200)
  },
)

test('a port in use is a sentence that names it', async () => {
  await serve({})
  const taken = { host: '127.0.0.1', port: server?.endpoint.port ?? 0 }
  const attempt = HttpServer.listen(taken, { pages: new Map(), onFailure: () => {} })
  await expect(attempt).rejects.toThrow(
    new RegExp(`^Cannot listen for HTTP on 127\\.0\\.0\\.1:${taken.port}: .*EADDRINUSE.*\\.$`),
  )
})

test('close ends idle, half-open and waiting connections at once, and twice is once', async () => {
  const { url } = await serve({ '/never': () => new Promise<Answer>(() => {}) })
  const port = server?.endpoint.port ?? 0
  const idle = connect(port, '127.0.0.1')
  const half = connect(port, '127.0.0.1')
  half.write('GET /never HT')
  const waiting = fetch(`${url}/never`).catch((error: Error) => error.message)
  await Promise.all([once(idle, 'connect'), once(half, 'connect')])
  for (const socket of [idle, half]) socket.on('error', () => {}).resume()
  await new Promise((resolve) => setTimeout(resolve, 50))
  const ended = Promise.all([once(idle, 'close'), once(half, 'close')])
  const begun = performance.now()
  await server?.close()
  await server?.close()
  expect(performance.now() - begun).toBeLessThan(1000)
  await ended
  expect(await waiting).toBe('fetch failed')
})
