import { beforeEach, describe, expect, test } from 'vitest'
import type { ServedApi } from '../../src/broker/api-table.ts'
import type { BrokerContext } from '../../src/broker/context.ts'
import { type AnyHandler, erased, type Handler } from '../../src/broker/handler/handler.ts'
import { Router } from '../../src/broker/router.ts'
import {
  type HeartbeatRequest,
  type HeartbeatResponseInput,
  heartbeatApi,
} from '../../src/protocol/generated/12-heartbeat.ts'
import { apiVersionsApi } from '../../src/protocol/generated/18-api-versions.ts'
import { encodeRequestFrame } from '../../src/protocol/header.ts'
import { StorageError } from '../../src/storage/log-store.ts'
import { createLogger } from '../../src/telemetry/logger.ts'
import { FakeDataPlane } from './fake-data-plane.ts'

/** Heartbeat as a probe: what it does depends on the group's name. */
function probe(log: string[], gates: Map<string, Promise<void>>) {
  const handler: Handler<HeartbeatRequest, HeartbeatResponseInput> = {
    api: heartbeatApi,
    handle({ groupId, generationId }) {
      log.push(`begin ${groupId}`)
      const answer = { errorCode: generationId }
      const gate = gates.get(groupId)
      if (groupId === 'throws') throw new Error('a bug')
      if (groupId === 'rejects') return Promise.reject(new Error('a bug'))
      if (groupId === 'disk') return Promise.reject(new StorageError(56, 'The disk failed.'))
      if (groupId === 'unencodable') return { errorCode: 1e9 }
      if (gate === undefined) return answer
      return gate.then(() => {
        log.push(`end ${groupId}`)
        return answer
      })
    },
    refusal: (_request, code) => ({ errorCode: code }),
  }
  return erased(handler)
}

const context = {} as BrokerContext
let plane: FakeDataPlane
let log: string[]
let lines: string[]
let gates: Map<string, Promise<void>>
let router: Router

function start(load: () => Promise<AnyHandler>): void {
  const apis = new Map<number, ServedApi>([
    [12, { key: 12, versionMin: 1, versionMax: 4, load }],
    [
      18,
      { key: 18, versionMin: 0, versionMax: 5, load: () => Promise.reject(new Error('unused')) },
    ],
  ])
  const now = (): number => 0
  const logger = createLogger({ write: (line) => lines.push(line), now, level: 'debug' })
  const flow = { isActive: false, throttle: (_call: unknown, _ms: number, told: object) => told }
  router = new Router({ apis, dataPlane: () => plane, flow, logger, monotonicMs: now })
  plane.start(undefined, {
    onFrames: (frames) => router.accept(frames),
    onOpenBatches: () => {},
    onConnectionsClosed: (connections) => router.forget(connections),
  })
  plane.serve()
}

beforeEach(() => {
  plane = new FakeDataPlane()
  log = []
  lines = []
  gates = new Map()
  start(() => Promise.resolve(probe(log, gates)))
})

function beat(groupId: string, connection = 1, version = 3): Promise<{ errorCode: number }> {
  return plane.send(heartbeatApi, version, { groupId, generationId: 5, memberId: 'm' }, connection)
}

function gate(name: string): () => void {
  let open = (): void => {}
  gates.set(name, new Promise((resolve) => (open = resolve)))
  return open
}

test('frames that wait for the first load of their handler are answered in order', async () => {
  router.open(context)
  const answers = [beat('a'), beat('b'), beat('c', 2)]
  expect(log).toEqual([])
  expect((await Promise.all(answers)).map(({ errorCode }) => errorCode)).toEqual([5, 5, 5])
  expect(log.filter((entry) => entry !== 'begin c')).toEqual(['begin a', 'begin b'])
  expect(plane.outOfOrder()).toEqual([])
})

test('a connection has one request in progress; others do not wait for it', async () => {
  router.open(context)
  await beat('warm up', 9)
  const open = gate('slow')
  const slow = beat('slow', 1)
  const behind = beat('behind', 1)
  await beat('elsewhere', 2)
  expect(log).toEqual(['begin warm up', 'begin slow', 'begin elsewhere'])
  open()
  await Promise.all([slow, behind])
  expect(log.slice(3)).toEqual(['end slow', 'begin behind'])
})

test('what a closed connection still wanted is dropped', async () => {
  router.open(context)
  await beat('warm up', 9)
  const open = gate('slow')
  const slow = beat('slow')
  void beat('behind')
  router.forget([1])
  open()
  await slow
  await beat('later', 1)
  expect(log).not.toContain('begin behind')
  expect(log).toContain('begin later')
})

describe('failures', () => {
  beforeEach(async () => {
    router.open(context)
    await beat('warm up', 9)
  })

  test.each(['throws', 'rejects'])(
    'a handler that %s answers UNKNOWN_SERVER_ERROR',
    async (name) => {
      expect(await beat(name)).toMatchObject({ errorCode: -1 })
      expect(lines.join()).toContain('ERROR Heartbeat failed: Error: a bug')
      expect(await beat('after')).toMatchObject({ errorCode: 5 })
    },
  )

  test("a failure of the disk answers with the disk's error", async () => {
    expect(await beat('disk')).toMatchObject({ errorCode: 56 })
    expect(lines.join()).toContain('WARN  Heartbeat failed: The disk failed.')
  })

  test('an answer that cannot be encoded is refused in its own form', async () => {
    expect(await beat('unencodable')).toMatchObject({ errorCode: -1 })
  })

  test('a handler that cannot be loaded closes the connection and no other', async () => {
    const body = { clientSoftwareName: 'x', clientSoftwareVersion: '1' }
    await expect(plane.send(apiVersionsApi, 3, body)).rejects.toThrow('closed the connection')
    expect(await beat('after', 2)).toMatchObject({ errorCode: 5 })
  })
})

describe('malformed frames close the connection', () => {
  const good = encodeRequestFrame(heartbeatApi, 4, 7, 'x', {
    groupId: 'g',
    generationId: 1,
    memberId: 'm',
  }).subarray(4)

  beforeEach(() => router.open(context))

  test('every way to cut a frame short', async () => {
    for (let length = 0; length < good.length; length++) {
      expect(await plane.sendBytes(good.slice(0, length), 1)).toBe('closed')
    }
    expect(await plane.sendBytes(good, 2)).not.toBe('closed')
  })

  test('keys and versions that are not served', async () => {
    for (const [key, version] of [
      [12, 0],
      [12, 5],
      [12, -1],
      [0, 9],
      [4, 0],
      [999, 0],
      [-1, 0],
    ] as const) {
      const frame = Buffer.from(good)
      frame.writeInt16BE(key, 0)
      frame.writeInt16BE(version, 2)
      expect(await plane.sendBytes(frame)).toBe('closed')
    }
    expect(lines.every((line) => line.includes('Closed the connection of 127.0.0.1:50000'))).toBe(
      true,
    )
  })

  test('bytes behind a request are passed over, as by Apache Kafka', async () => {
    expect(await plane.sendBytes(Buffer.concat([good, Buffer.from([1, 2, 3])]))).not.toBe('closed')
  })
})

test('ApiVersions of an unknown version is answered in the form of version 0', async () => {
  router.open(context)
  const frame = Buffer.from('0012006300000007000361626300', 'hex')
  const outcome = await plane.sendBytes(frame)
  expect(Buffer.from(outcome as Uint8Array).toString('hex')).toBe(
    '00000007002300000001001200000005',
  )
})
