/**
 * Whatever JavaScript passes, a call of the native module answers with a value, a TypeError or a
 * StorageError, thrown or as a rejection. It never ends the process.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { NativeBinding, NativeDirectory, NativeLog } from '../../src/addon/binding.ts'
import { loadNativeModule } from '../../src/addon/load.ts'
import { seededRandom } from '../../src/base/random.ts'
import { StorageError } from '../../src/storage/log-store.ts'
import { batchOf, settings } from '../storage/store-behaviour.ts'
import { planeOptions, topicPartition } from './native-calls.ts'

const native = loadNativeModule() as NativeBinding
const folder = mkdtempSync(join(tmpdir(), 'odradek-wrong-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const openOptions = {
  helperThreads: 2,
  checkpointIntervalMs: 60_000,
  fileDeleteDelayMs: 0,
  producerCheckIntervalMs: 600_000,
  openFilesMax: 16,
  openFilesBurst: 32,
}
const handlers = { onFrames: () => {}, onOpenBatches: () => {}, onConnectionsClosed: () => {} }

const thrower = () => {
  throw new TypeError('a getter of the test')
}
const detached = new Uint8Array(16)
structuredClone(detached.buffer, { transfer: [detached.buffer] })
const revoked = Proxy.revocable({}, {})
revoked.revoke()

/** What nobody should pass, and some of what one should. */
const hostile: readonly unknown[] = [
  undefined,
  null,
  true,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  -1,
  -0,
  0,
  1,
  1.5,
  2 ** 31,
  2 ** 53,
  -(2 ** 63),
  1e300,
  10n,
  Symbol('s'),
  '',
  't',
  '../..',
  'a\0b',
  '\ud800',
  'x'.repeat(300),
  'highWatermark',
  {},
  [],
  new Array(3),
  thrower,
  new Proxy({}, { get: thrower }),
  revoked.proxy,
  Object.defineProperty({}, 'code', { get: thrower }),
  new Uint8Array(0),
  new Uint8Array(15),
  new Uint8Array(16),
  new Uint8Array(61),
  detached,
  new Uint8Array(new SharedArrayBuffer(16)),
  new Float64Array(2),
  new DataView(new ArrayBuffer(8)),
  new ArrayBuffer(8),
  batchOf([1]).subarray(0, 70),
  Buffer.concat([batchOf([1]), batchOf([2])]),
  { code: 0, message: '', faults: [1, null], replacement: undefined },
  { code: 0, message: '', faults: [], replacement: new Uint8Array(61) },
  { code: 1e9, message: '', faults: new Array(5), replacement: null },
]

const mayThrow = (error: unknown) => error instanceof TypeError || error instanceof StorageError

/** Calls and waits; fails on any error but those two. */
async function call(target: object, method: string, args: readonly unknown[]): Promise<unknown> {
  const name = () => `${method}(${args.map((value) => typeof value).join(', ')})`
  try {
    const [run] = [(target as Record<string, unknown>)[method]]
    return await (run as (...all: unknown[]) => unknown).apply(target, [...args])
  } catch (error) {
    expect(mayThrow(error), `${name()} threw ${String(error)}`).toBe(true)
    return error
  }
}

function methodsOf(object: object): string[] {
  const names = Object.getOwnPropertyNames(Object.getPrototypeOf(object))
  return names.filter((name) => name !== 'constructor')
}

/** Every hostile value in every place, then random ones in all places at once. */
async function attack(target: object, except: readonly string[]): Promise<void> {
  const random = seededRandom(20_261)
  const pick = () => hostile[random.uint32() % hostile.length]
  for (const method of methodsOf(target)) {
    if (except.includes(method)) continue
    for (const value of hostile) await call(target, method, [value])
    for (let i = 0; i < 300; i++) {
      await call(target, method, [pick(), pick(), pick(), pick()])
    }
  }
}

let lives = 0
let directory: NativeDirectory
let log: NativeLog

beforeEach(async () => {
  native.initialize(StorageError)
  lives += 1
  directory = await native.openDirectory({ ...openOptions, path: join(folder, `${lives}`) })
  log = (await directory.openPartitions([topicPartition]))[0] as NativeLog
})
afterEach(() => directory.close(-1).catch(() => {}))

describe('wrong arguments', () => {
  it('of a log', { timeout: 60_000 }, async () => {
    await attack(log, ['committed', 'passed'])
    const waiting = hostile.flatMap((value) =>
      ['committed', 'passed'].map((name) => call(log, name, [value])),
    )
    expect(methodsOf(log).length).toBeGreaterThan(20)
    const { requiredHighWatermark } = log.append(batchOf([1]))
    await log.committed(requiredHighWatermark)
    await directory.close(-1)
    await Promise.all(waiting)
  })

  it('of a log that is visited, also when its directory is closed', {
    timeout: 60_000,
  }, async () => {
    const { topic, topicId } = topicPartition
    for (const value of hostile) {
      await call(native, 'findOpenLogs', [value, topic, topicId])
      await call(native, 'findOpenLogs', [folder, value, topicId])
      await call(native, 'findOpenLogs', [folder, topic, value])
    }
    const visit = () => native.findOpenLogs(join(folder, `${lives}`), topic, topicId)
    const [visited] = await visit()
    if (visited === undefined) throw new Error('it is open')
    await attack(visited, ['committed', 'passed'])
    expect(log.logEndOffset()).toBe(0)
    const waiting = hostile.map((value) => call(visited, 'passed', [value]))
    await directory.close(-1)
    await Promise.all(waiting)
    await attack(visited, [])
    expect(await visit()).toEqual([])
  })

  it('of a replacement of segments', { timeout: 60_000 }, async () => {
    const batch = batchOf([1])
    for (let i = 0; i < 2; i++) {
      await log.committed(log.append(batch).requiredHighWatermark)
      await log.roll()
    }
    await directory.checkpoint()
    // Nobody ends it: what is collected is given up.
    await (await log.replaceSegments(0, 1)).append(batch)
    const replacement = await log.replaceSegments(1, 2).catch((error: unknown) => error)
    expect(replacement).toMatchObject({ name: 'StorageError', code: 42 })
    const other = (await directory.openPartitions([{ ...topicPartition, topic: 'other' }]))[0]
    const hers = other as NativeLog
    for (let i = 0; i < 2; i++) {
      await hers.committed(hers.append(batch).requiredHighWatermark)
      await hers.roll()
    }
    const attacked = await hers.replaceSegments(0, 1)
    await attack(attacked, ['discard', 'commit'])
    for (const value of hostile) {
      await call(attacked, 'commit', [[value]])
      await call(attacked, 'commit', [value])
    }
    await attacked.discard()
    await attack(attacked, [])
    expect(methodsOf(attacked)).toEqual(['append', 'commit', 'discard'])
    expect(hers.online()).toBe(true)
  })

  it('of a directory', { timeout: 60_000 }, async () => {
    await attack(directory, ['close', 'onOffline'])
    for (const value of hostile) await call(directory, 'onOffline', [value])
    expect(methodsOf(directory).length).toBeGreaterThan(14)
    expect(directory.offlineReason()).toBe('')
    log.append(batchOf([1]))
  })

  it('of a data plane', { timeout: 60_000 }, async () => {
    const plane = new native.NativeDataPlane(planeOptions, handlers)
    plane.host(log, 0, false)
    await attack(plane, ['stop'])
    for (const value of hostile) {
      await call(plane, 'host', [log, value, value])
      await call(plane, 'batchOpened', [1, value])
    }
    expect(plane.listen('127.0.0.1', 0).port).toBeGreaterThan(0)
    await plane.stop()
    await attack(plane, [])
  })

  it('of a check and a repair', { timeout: 60_000 }, async () => {
    const path = join(folder, `${lives}`)
    expect(await call(native, 'openCheck', [path])).toBeInstanceOf(StorageError)
    log.append(batchOf([1]))
    await directory.close(-1)
    const check = await native.openCheck(path)
    await attack(check, ['release'])
    expect((await check.checkPartition(0)).findings).toEqual([])
    await expect(async () => check.checkPartition(1)).rejects.toThrow(TypeError)
    for (const value of hostile) {
      await call(native, 'openCheck', [value])
      await call(native, 'repairDirectory', [path, value, true])
      await call(native, 'repairDirectory', [path, [value], true])
      await call(native, 'repairDirectory', [path, [], value])
    }
    expect(await call(native, 'repairDirectory', [path, [], true])).toBeInstanceOf(StorageError)
    check.release()
    check.release()
    expect(() => check.report()).toThrow(TypeError)
    expect(await native.repairDirectory(path, ['topic-0'], true)).toMatchObject({ partitions: [] })
  })

  it('of the module itself', async () => {
    const { openDirectory, NativeDataPlane } = native
    for (const value of hostile) {
      await call(native, 'openDirectory', [value])
      for (const field of ['path', ...Object.keys(openOptions), 'clockOffsetMs']) {
        const path = join(folder, 'never')
        const options = { path, ...openOptions, [field]: value }
        // A name alone would be made in the working directory.
        if (field === 'path' && typeof value === 'string' && value !== '') {
          options.path = join(folder, 'a', 'b', value)
        }
        const opened = await call(native, 'openDirectory', [options])
        if (!(opened instanceof Error)) await (opened as NativeDirectory).close(-1)
      }
      for (const field of Object.keys(planeOptions)) {
        // A great many threads is no wrong call.
        if (field === 'reactorThreads' && typeof value === 'number' && value > 4) continue
        const planes = {
          make: () => new NativeDataPlane({ ...planeOptions, [field]: value } as never, handlers),
        }
        const plane = await call(planes, 'make', [])
        if (!(plane instanceof Error)) await call(plane as object, 'stop', [])
      }
      for (const field of Object.keys(topicPartition)) {
        const wrong = { ...topicPartition, topic: 'other', [field]: value }
        await call(directory, 'openPartitions', [[wrong, wrong]])
      }
      for (const field of Object.keys(settings())) {
        await call(log, 'configure', [{ ...settings(), [field]: value }])
      }
    }
    log.configure(settings())
    expect(() => (openDirectory as (...all: unknown[]) => unknown)()).toThrow(TypeError)
    expect(() => new (NativeDataPlane as new (...all: unknown[]) => unknown)()).toThrow(TypeError)
    expect(() => native.initialize({} as never)).toThrow(TypeError)
  })
})

describe('wrong receivers', () => {
  it('are refused', async () => {
    const plane = new native.NativeDataPlane(planeOptions, handlers)
    const objects = [log, directory, plane]
    for (const object of objects) {
      const { constructor: make } = object as unknown as {
        constructor: new (...all: unknown[]) => object
      }
      const prototype = Object.getPrototypeOf(object) as Record<string, () => unknown>
      for (const other of [{}, Object.create(prototype), new Proxy(object, {}), ...objects]) {
        if (other === object) continue
        for (const method of methodsOf(object)) {
          expect(() => prototype[method]?.call(other)).toThrow(TypeError)
        }
      }
      expect(() => new make()).toThrow(TypeError)
      expect(() => new make(object)).toThrow(TypeError)
    }
    await plane.stop()
  })
})

describe('an exception in a handler', () => {
  it('is an uncaught one, and hinders no other delivery', async () => {
    const heard: unknown[] = []
    const before = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    process.on('uncaughtException', (error) => heard.push(error))
    try {
      const failure = new Error('of a handler')
      const frames = await servedBesides(() => {
        throw failure
      })
      expect(frames).toBe(4)
      expect(heard).toEqual([failure, failure, failure, failure])
    } finally {
      process.removeAllListeners('uncaughtException')
      for (const listener of before) process.on('uncaughtException', listener)
    }
  })
})

/** Four connections send a frame each and close; counts the frames that arrive. */
async function servedBesides(onFrame: () => void): Promise<number> {
  const { connect } = await import('node:net')
  let frames = 0
  let closed = 0
  const plane = new native.NativeDataPlane(planeOptions, {
    ...handlers,
    onFrames: (batch) => {
      frames += batch.length
      for (const { connection, sequence } of batch) {
        plane.respond(connection, sequence, new Uint8Array(0))
      }
      for (const _ of batch) onFrame()
    },
    onConnectionsClosed: (connections) => {
      closed += connections.length
    },
  })
  const { port } = plane.listen('127.0.0.1', 0)
  plane.serve()
  for (let i = 0; i < 4; i++) {
    const socket = connect(port, '127.0.0.1')
    socket.end(Buffer.from('0000000a00120000000000070000', 'hex'))
    await new Promise((resolve) => socket.on('close', resolve).resume())
  }
  await expect.poll(() => closed).toBe(4)
  await plane.stop()
  return frames
}
