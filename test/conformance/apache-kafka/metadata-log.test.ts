import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { decodeLog } from '../../../src/metadata/records.ts'
import { encodeSnapshot, snapshotIdOf, snapshotName } from '../../../src/metadata/snapshot.ts'
import { creating, logBytes, startedController, topic } from '../../controller/harness.ts'
import { describeUnless } from '../client-tools.ts'
import { dumpLog } from './dump-tool.ts'
import { kafkaObstacle } from './reference.ts'

const folder = mkdtempSync(join(tmpdir(), 'odradek-metadata-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describeUnless(kafkaObstacle(), "Apache Kafka's dump tool reads our metadata", () => {
  it('log and snapshot, batch by batch and record by record', async () => {
    const { controller, store } = await startedController()
    await everyCommand(controller)
    const log = logBytes(store.disk)
    const snapshot = encodeSnapshot(controller.image, 1)
    const snapshotFile = snapshotName(snapshotIdOf(controller.image))
    for (const [name, bytes] of [
      ['00000000000000000000.log', log],
      [snapshotFile, snapshot],
      ['00000000000000000000-0000000000.checkpoint', firstSnapshot(store.disk.files)],
    ] as const) {
      const dumped = dump(name, bytes)
      const expected = decodeLog(bytes).batches.flatMap(({ records, controls }) => [
        ...controls.map((control) => controlNames[control.name] ?? control.name),
        ...records.map((record) => dumpedName(record.name ?? 'unknown')),
      ])
      expect(dumped.records).toEqual(expected)
      expect(dumped.batches).toBe(decodeLog(bytes).batches.length)
      expect(dumped.invalid).toBe(0)
    }
  })
})

type Started = Awaited<ReturnType<typeof startedController>>['controller']

async function everyCommand(controller: Started): Promise<void> {
  const configs = [{ name: 'retention.ms', value: '1000' }]
  await controller.createTopics(creating(topic('a', { numPartitions: 3, configs }), topic('b')))
  await controller.createTopicAutomatically('__consumer_offsets')
  const grown = { name: 'a', count: 5, assignments: null }
  await controller.createPartitions({ topics: [grown], timeoutMs: 10_000, validateOnly: false })
  await controller.deleteTopics({ topics: [], topicNames: ['b'], timeoutMs: 10_000 })
  const change = { name: 'log.retention.ms', configOperation: 0, value: '5' }
  const resources = [{ resourceType: 4, resourceName: '', configs: [change] }]
  await controller.alterConfigs({ resources, validateOnly: false })
  await controller.allocateProducerIds()
  await controller.close()
}

function firstSnapshot(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const path = '__cluster_metadata-0/00000000000000000000-0000000000.checkpoint'
  const bytes = files.get(path)
  if (bytes === undefined) throw new Error(`${path} was not written`)
  return bytes
}

const controlNames: Readonly<Record<string, string>> = {
  leaderChange: 'LeaderChange',
  snapshotHeader: 'SnapshotHeader',
  snapshotFooter: 'SnapshotFooter',
  kraftVersion: 'KRaftVersion',
  voters: 'KRaftVoters',
}

/** `ProducerIdsRecord` as the tool writes it: PRODUCER_IDS_RECORD. */
function dumpedName(name: string): string {
  return name.replace(/(?!^)([A-Z])/g, '_$1').toUpperCase()
}

/** What the tool says of a file. */
function dump(name: string, bytes: Uint8Array) {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, name)
  writeFileSync(file, bytes)
  const lines = dumpLog('--cluster-metadata-decoder', '--files', file)
  const batches = lines.filter((line) => line.startsWith('baseOffset:'))
  return {
    batches: batches.length,
    invalid: batches.filter((line) => !line.includes('isvalid: true')).length,
    records: lines
      .filter((line) => line.startsWith('| offset:'))
      .map((line) => /"type":"(\w+)"/.exec(line)?.[1] ?? /\[\] (\w+)/.exec(line)?.[1]),
  }
}
