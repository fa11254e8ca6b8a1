import { expect, test } from 'vitest'
import { startTestBroker } from './fixture.ts'

test('a broker is well from its start to its stop', async () => {
  const { broker } = await startTestBroker()
  const { observation } = broker
  expect(observation.health()).toEqual({ serving: true, problems: [] })
  const stopped = broker.stop()
  expect(observation.health().serving).toBe(false)
  await stopped
  expect(observation.health().serving).toBe(false)
})

test('a directory that fails is a problem that names it and the reason', async () => {
  const { broker, store } = await startTestBroker()
  expect(broker.observation.directories()).toEqual([
    { path: store.path, offlineReason: '', freeBytes: store.freeBytes() },
  ])
  store.goOffline('the disk is gone')
  const [directory] = broker.observation.directories()
  expect(directory).toMatchObject({ path: store.path, freeBytes: undefined })
  const { problems } = broker.observation.health()
  expect(problems).toHaveLength(1)
  expect(problems[0]).toContain(store.path)
  expect(problems[0]).toContain('the disk is gone')
  await broker.stop().catch(() => undefined)
})
