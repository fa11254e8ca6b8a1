/** What a Kafka client may have written into a queue's topic, its notes included. */
import { afterEach, describe, expect, test } from 'vitest'
import { encodeBatch, newBatch } from '../../src/protocol/record-batch.ts'
import type { LogError } from '../../src/queue/log-error.ts'
import { compression } from '../cleaner/fixture.ts'
import { commit } from '../storage/store-behaviour.ts'
import { cleanUp } from './fixture.ts'
import { machine, takeOne, turns } from './queue-fixture.ts'

afterEach(cleanUp)

const gzip = 1

/** A batch of one record, compressed, so that no broker looks into it: it claims 63 headers. */
function brokenHeaders(value: string): Uint8Array {
  const headers = [{ key: 'h', value: Buffer.from('v') }]
  const record = { timestamp: 1, key: null, value: Buffer.from(value), headers }
  return encodeBatch(newBatch([record], { attributes: gzip }), {
    ...compression,
    compress: (codec, bytes) => {
      const broken = Uint8Array.from(bytes)
      // The number of headers, before length and text of both parts of the only one.
      broken[broken.length - 5] = 0x7e
      return compression.compress(codec, broken)
    },
  })
}

/** A batch of one record with that header, and without a time. */
function withNote(key: string, value: string | null): Uint8Array {
  const headers = [{ key, value: value === null ? null : Buffer.from(value) }]
  return encodeBatch(newBatch([{ timestamp: -1, key: null, value: Buffer.from('v'), headers }]))
}

test('a message whose headers are broken is a dead letter, and holds nothing up', async () => {
  const first = await machine()
  const log = await first.store.log('jobs')
  await commit(first.partition('jobs'), brokenHeaders('broken'))
  await log.append({ value: 'good' })
  const second = await first.killed()
  const queue = await second.store.queue('jobs')
  // The keys and the sources that are known are read past it.
  await queue.put({ value: 'keyed' }, { key: 'k' })
  for (const value of ['good', 'keyed']) {
    const message = await takeOne(queue)
    expect(String(message.value)).toBe(value)
    await message.ack()
  }
  await turns()
  expect(queue.statistics().consumers).toMatchObject([{ lag: 0, dead: 1 }])
  const dead = await takeOne(await second.store.queue('jobs.dead'))
  expect([String(dead.value), dead.headers]).toEqual(['broken', []])
  second.clock.nowMs += 300_000
  await queue.close()
  expect(second.partition('jobs').logStartOffset()).toBe(3)
})

test('a message that just fits is a dead letter although that is larger', async () => {
  const { store } = await machine()
  const queue = await store.queue('jobs', { maxAttempts: 1 })
  let bytes = 1_048_588
  const put = (): Promise<unknown> => queue.put({ value: Buffer.alloc(bytes) })
  while ((await put().catch((error: LogError) => error.code)) === 'MESSAGE_TOO_LARGE') bytes--
  await (await takeOne(queue)).nack()
  await turns()
  expect(queue.statistics().consumers).toMatchObject([{ dead: 1, lag: 0 }])
  const dead = await takeOne(await store.queue('jobs.dead'))
  expect(dead.value?.length).toBe(bytes)
})

test('a message larger than the segments of the dead letters is one', async () => {
  const { store } = await machine()
  const letters = await store.queue('jobs.dead', { maxBytes: 16 << 20 })
  await store.log('jobs', { configs: { 'max.message.bytes': String(4 << 20) } })
  const queue = await store.queue('jobs', { maxAttempts: 1 })
  await queue.put({ value: Buffer.alloc(3 << 20) })
  await (await takeOne(queue)).nack()
  expect((await takeOne(letters)).value?.length).toBe(3 << 20)
})

describe('a note that says nothing', () => {
  test.each([
    ['due', '999999999999999'],
    ['due', '-1'],
    ['due', 'soon'],
    ['key', ''],
    ['key', null],
    ['source', '{'],
    ['source', 'null'],
    ['source', '["jobs","c",0]'],
    ['source', '["jobs","c",-1,0,0]'],
    ['source', '["jobs","c",0,0.5,0]'],
    ['source', '[["jobs"],"c",0,0,0]'],
    ['source', '["jobs","c",1e999,0,0]'],
    ['source', '["gone","nobody",0,0,0]'],
    ['source', '["jobs","__proto__",0,0,0]'],
    // Itself, and one that there is not yet.
    ['source', '["jobs","c",0,0,0]'],
    ['source', '["jobs","c",7,0,0]'],
    ['other', 'x'],
  ])('odradek.%s: %s is passed over', async (name, value) => {
    const { store, partition } = await machine()
    await store.log('jobs')
    await commit(partition('jobs'), withNote(`odradek.${name}`, value))
    const queue = await store.queue('jobs')
    const message = await takeOne(queue)
    expect([String(message.value), message.headers]).toEqual(['v', []])
    expect((await queue.put({ value: 'w' }, { key: 'k' })).isDuplicate).toBe(false)
    const made = await queue.put({ value: 'made' }, { source: message })
    await message.ack()
    expect(made.isDuplicate).toBe(false)
    const { consumers } = queue.statistics()
    expect(consumers).toMatchObject([{ parked: 0, leased: 0 }])
    await queue.close()
    expect(partition('jobs').logStartOffset()).toBe(1)
  })
})

test.each(['', '\ud800', 7 as unknown as string])('the key %j is refused', async (key) => {
  const { store } = await machine()
  const queue = await store.queue('jobs')
  const put = queue.put({ value: 'v' }, { key })
  await expect(put).rejects.toMatchObject({ code: 'INVALID_CONFIG' })
})
