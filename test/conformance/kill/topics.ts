import { readdirSync } from 'node:fs'
import { metadataApi } from '../../../src/protocol/generated/03-metadata.ts'
import { createTopicsApi } from '../../../src/protocol/generated/19-create-topics.ts'
import { deleteTopicsApi } from '../../../src/protocol/generated/20-delete-topics.ts'
import { createPartitionsApi } from '../../../src/protocol/generated/37-create-partitions.ts'
import { encodeBatch, newBatch } from '../../../src/protocol/record-batch.ts'
import { eventually } from '../eventually.ts'
import type { RawConnection } from '../raw-connection.ts'
import { logEndOffset, produceRecords } from '../raw-requests.ts'
import { ask } from '../typed-request.ts'
import { type Actor, accepted } from './actor.ts'
import { Witness } from './witness.ts'

/** Topics that come and go; a name is used again, so that a new one must not have old records. */
const names = ['t0', 't1', 't2', 't3', 't4']
const [first, grown] = [3, 5]

/** Partitions of a topic, 0 where it does not exist. */
type Partitions = number

/** Creates topics, adds partitions, deletes them: each wholly or not at all. */
export class Topics implements Actor {
  readonly name = 'topics'
  readonly #dataFolder: string
  readonly #topics = new Map(names.map((name) => [name, new Witness<Partitions>(0)]))
  #next = 0

  constructor(dataFolder: string) {
    this.#dataFolder = dataFolder
  }

  witnesses = (): Iterable<Witness<unknown>> => this.#topics.values()

  async prepare(): Promise<void> {}

  async change(connection: RawConnection): Promise<void> {
    const [name = '', witness] = [...this.#topics][this.#next++ % names.length] ?? []
    const partitions = witness?.held ?? 0
    if (partitions === 0) {
      await witness?.change(first, () => create(connection, name))
      const { error, baseOffset } = await produceRecords(connection, name, 0, oneRecord())
      accepted(error, `a record of ${name}`)
      if (baseOffset !== 0) throw new Error(`a new ${name} begins at ${baseOffset}`)
    } else if (partitions === first) {
      await witness?.change(grown, () => grow(connection, name))
    } else {
      await witness?.change(0, () => remove(connection, name))
    }
  }

  async faults(connection: RawConnection): Promise<string[]> {
    const topics = names.map((name) => ({ name }))
    const request = { topics, allowAutoTopicCreation: false }
    const answer = await ask(connection, metadataApi, 9, request)
    const faults: string[] = []
    for (const { name, errorCode, partitions } of answer.topics) {
      const count = errorCode === 3 ? 0 : partitions.length
      const fault = this.#topics.get(name ?? '')?.judge(count)
      if (fault !== undefined) faults.push(`topic ${name}: ${fault} partitions`)
      for (const { leaderId, partitionIndex } of partitions) {
        const end = await logEndOffset(connection, name ?? '', partitionIndex)
        if (leaderId !== 1 || end === undefined) faults.push(`no ${name}-${partitionIndex}`)
      }
    }
    await eventually('no folder is left of what does not exist', () => {
      const found = readdirSync(this.#dataFolder).filter((entry) => /^t\d-\d+$/.test(entry))
      return found.every((entry) => {
        const [name = '', partition] = entry.split('-')
        return Number(partition) < (this.#topics.get(name)?.held ?? 0)
      })
    })
    return faults
  }
}

function oneRecord(): Uint8Array {
  return encodeBatch(newBatch([{ timestamp: Date.now(), key: null, value: Buffer.from('v') }]))
}

async function create(connection: RawConnection, name: string): Promise<void> {
  const configs = [{ name: 'file.delete.delay.ms', value: '50' }]
  const topic = { name, numPartitions: first, replicationFactor: 1, assignments: [], configs }
  const request = { topics: [topic], timeoutMs: 30_000, validateOnly: false }
  accepted((await ask(connection, createTopicsApi, 7, request)).topics[0]?.errorCode, name)
}

async function grow(connection: RawConnection, name: string): Promise<void> {
  const topics = [{ name, count: grown, assignments: null }]
  const request = { topics, timeoutMs: 30_000, validateOnly: false }
  const { results } = await ask(connection, createPartitionsApi, 3, request)
  accepted(results[0]?.errorCode, `more partitions of ${name}`)
}

async function remove(connection: RawConnection, name: string): Promise<void> {
  const request = { topicNames: [name], timeoutMs: 30_000 }
  const { responses } = await ask(connection, deleteTopicsApi, 5, request)
  accepted(responses[0]?.errorCode, `deletion of ${name}`)
}
