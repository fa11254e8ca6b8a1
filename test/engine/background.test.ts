/** When compaction begins in a broker, and what it hears of topics. */
import { expect, it } from 'vitest'
import type { Controller } from '../../src/controller/controller.ts'
import { compactInBackground } from '../../src/engine/background.ts'
import type { DataDirectories } from '../../src/engine/data-directories.ts'
import type { EngineParts } from '../../src/engine/engine.ts'
import { RunningParts } from '../../src/engine/running-parts.ts'
import { BrokerConfig } from '../../src/metadata/config/broker-config.ts'
import { createMemoryLogStore } from '../../src/storage/memory-log-store.ts'
import { silentLogger } from '../../src/telemetry/logger.ts'
import { Loggers } from '../../src/telemetry/loggers.ts'
import { ManualTime } from '../coordinator/manual-time.ts'
import { settings, topicId } from '../storage/store-behaviour.ts'
import { imageOf } from './topic-image.ts'

const checkpointFile = 'cleaner-offset-checkpoint'
type Listener = Parameters<Controller['subscribe']>[0]

function rig(configs: Readonly<Record<string, string>>) {
  const time = new ManualTime()
  const parts: EngineParts = new RunningParts(['log cleaner'], silentLogger)
  const store = createMemoryLogStore()
  const listeners: Listener[] = []
  const directories = {
    find: (topic: string, partition: number) => store.find(topic, partition),
    storeOf: () => store,
    stores: () => [store],
  }
  const controller = {
    image: imageOf({}),
    subscribe: (listener: Listener) => listeners.push(listener),
  }
  const config = new BrokerConfig(new Map(Object.entries(configs)))
  const cleaner = compactInBackground(
    { environment: { clock: time, timers: time }, parts, loggers: new Loggers(silentLogger) },
    directories as unknown as DataDirectories,
    controller as unknown as Controller,
    () => config,
  )
  const publish = async (change: { created?: string; deleted?: string }): Promise<void> => {
    const topics = (name?: string) => (name === undefined ? [] : [{ name }])
    const changes = {
      createdTopics: topics(change.created),
      deletedTopics: topics(change.deleted),
      changedTopics: [],
      changedConfigs: new Set(['broker 1']),
    }
    for (const listener of listeners) await listener(controller.image, changes as never)
  }
  return { time, parts, store, publish, listeners, cleaner }
}

it('waits for a backoff before it loads anything, and ends with the broker', async () => {
  const { time, parts, cleaner } = rig({ 'log.cleaner.backoff.ms': '700' })
  expect([time.pending, cleaner()]).toEqual([1, undefined])
  await time.advance(699)
  expect(time.pending).toBe(1)
  await time.advance(1)
  // The cleaner has looked and waits.
  await expect.poll(() => time.pending).toBe(1)
  expect(cleaner()).toMatchObject({ cleanings: 0, sinceLastRunMs: 0 })
  await time.advance(700)
  await expect.poll(() => time.pending).toBe(1)
  expect(await parts.stop()).toBeUndefined()
  expect(time.pending).toBe(0)
})

it('ends before it has begun', async () => {
  const { time, parts } = rig({})
  await parts.stop()
  expect(time.pending).toBe(0)
})

it('is not there where log.cleaner.enable is off', () => {
  const { time, listeners } = rig({ 'log.cleaner.enable': 'false' })
  expect([time.pending, listeners.length]).toEqual([0, 0])
})

it('begins anew with topics that came or went, before it began and after', async () => {
  const { time, parts, store, publish } = rig({ 'log.cleaner.backoff.ms': '700' })
  for (const topic of ['early', 'late', 'stays']) {
    await store.openPartition(topic, 0, topicId, settings())
  }
  const entries = 'early 0 3\nlate 0 3\nstays 0 3\n'
  await store.writeFile(checkpointFile, Buffer.from(`0\n3\n${entries}`))
  const text = async (): Promise<string> =>
    Buffer.from((await store.readFile(checkpointFile)) ?? []).toString()
  await publish({ created: 'early' })
  await time.advance(700)
  await expect.poll(text).toBe('0\n2\nlate 0 3\nstays 0 3\n')
  await publish({ deleted: 'late' })
  expect(await text()).toBe('0\n1\nstays 0 3\n')
  await parts.stop()
})
