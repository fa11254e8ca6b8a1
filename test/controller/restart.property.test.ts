import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Controller } from '../../src/controller/controller.ts'
import { emptyImage } from '../../src/metadata/image.ts'
import { Replay } from '../../src/metadata/replay.ts'
import { decodeSnapshot, encodeSnapshot, snapshotIdOf } from '../../src/metadata/snapshot.ts'
import { createMemoryLogStore, type MemoryDisk } from '../../src/storage/memory-log-store.ts'
import { creating, logBytes, startedController, topic } from './harness.ts'

/** One thing that clients or fate do. */
type Step =
  | { kind: 'create'; name: string; partitions: number; retention: string | null }
  | { kind: 'delete'; name: string }
  | { kind: 'grow'; name: string; count: number }
  | { kind: 'config'; name: string; value: string | null }
  | { kind: 'producerIds' }
  | { kind: 'stop' }
  | { kind: 'kill' }

const name = fc.constantFrom('a', 'b', 'c.d', 'c_d', '.', '__consumer_offsets')
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('create' as const),
    name,
    partitions: fc.integer({ min: -1, max: 4 }),
    retention: fc.constantFrom(null, '-1', '1000', 'nonsense'),
  }),
  fc.record({ kind: fc.constant('delete' as const), name }),
  fc.record({ kind: fc.constant('grow' as const), name, count: fc.integer({ min: 0, max: 6 }) }),
  fc.record({
    kind: fc.constant('config' as const),
    name,
    value: fc.constantFrom(null, '1', '2000000', '-5'),
  }),
  fc.constant({ kind: 'producerIds' as const }),
  fc.constant({ kind: 'stop' as const }),
  fc.constant({ kind: 'kill' as const }),
)

/** Snapshots come often, and the log is cut behind them. */
const settings = {
  'metadata.log.max.record.bytes.between.snapshots': '1500',
  'metadata.max.retention.bytes': '4000',
}

describe('any sequence of commands, stops and kills', () => {
  it('leaves a log that gives the same image again', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.boolean(), async (steps, cuts) => {
        const config = cuts ? settings : {}
        let disk: MemoryDisk = createMemoryLogStore().disk
        let { controller, store } = await startedController(disk, config)
        const { properties } = controller
        let highestProducerId = -1
        for (const one of steps) {
          if (one.kind === 'stop' || one.kind === 'kill') {
            const before = controller.image
            if (one.kind === 'stop') {
              await controller.close()
              await store.close()
              disk = store.disk
            } else {
              disk = store.crash()
            }
            ;({ controller, store } = await startedController(disk, config))
            expect(idsOf(controller)).toEqual(idsOf({ image: before }))
            expect(controller.image.configs).toEqual(before.configs)
            expect(controller.properties).toEqual(properties)
            expect(controller.image.epoch).toBe(before.epoch + 1)
          } else if (one.kind === 'producerIds') {
            const block = await controller.allocateProducerIds()
            expect(block.first).toBeGreaterThan(highestProducerId)
            highestProducerId = block.first + block.length - 1
          } else {
            await perform(controller, one)
          }
        }
        const { image } = controller
        if (!cuts) expect(replayed(logBytes(store.disk))).toEqual(image)
        expect(decodeSnapshot(snapshotIdOf(image), encodeSnapshot(image, 5))).toEqual(image)
      }),
      { numRuns: 60 },
    )
  }, 60_000)
})

async function perform(controller: Controller, one: Step): Promise<void> {
  switch (one.kind) {
    case 'create': {
      const configs = one.retention === null ? [] : [{ name: 'retention.ms', value: one.retention }]
      const asked = topic(one.name, { numPartitions: one.partitions, configs })
      await controller.createTopics(creating(asked))
      return
    }
    case 'delete':
      await controller.deleteTopics({ topics: [], topicNames: [one.name], timeoutMs: 1000 })
      return
    case 'grow': {
      const topics = [{ name: one.name, count: one.count, assignments: null }]
      await controller.createPartitions({ topics, timeoutMs: 10_000, validateOnly: false })
      return
    }
    case 'config': {
      const configOperation = one.value === null ? 1 : 0
      const configs = [{ name: 'max.message.bytes', configOperation, value: one.value }]
      const resources = [{ resourceType: 2, resourceName: one.name, configs }]
      await controller.alterConfigs({ resources, validateOnly: false })
    }
  }
}

function idsOf({ image }: Pick<Controller, 'image'>): unknown {
  return [...image.topicsByName].map(([name, { id, partitions }]) => [name, id, partitions.length])
}

function replayed(bytes: Uint8Array) {
  const replay = new Replay(emptyImage)
  replay.feed(bytes)
  return replay.finish()
}
