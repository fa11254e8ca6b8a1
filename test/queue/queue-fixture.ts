/** Queues in memory: a clock that is set, writes that fail, a process or a machine that ends. */

import { ErrorCode } from '../../src/protocol/error-codes.ts'
import type { Queue } from '../../src/queue/queue.ts'
import type { Message } from '../../src/queue/queue-message.ts'
import { queueStateName } from '../../src/queue/queue-state.ts'
import type { Store } from '../../src/queue/store.ts'
import { type PartitionLog, StorageError } from '../../src/storage/log-store.ts'
import {
  createMemoryLogStore,
  type MemoryDisk,
  type MemoryLogStore,
} from '../../src/storage/memory-log-store.ts'
import { memoryStore } from './fixture.ts'

/** The wall clock's time, and how far it was set ahead (or back) while it ran. */
export interface TestClock {
  nowMs: number
  setAheadMs: number
}

/** A machine with one disk. */
export interface Machine {
  readonly store: Store
  readonly memory: MemoryLogStore
  readonly clock: TestClock
  partition(name: string): PartitionLog
  /** The state of the consumers. */
  state(): PartitionLog
  /** What a process finds that is started after this one was killed; `change`: and the disk cut. */
  killed(change?: (disk: MemoryDisk) => void): Promise<Machine>
}

/** Opens a store; time stands still unless `clock` is set on. */
export async function machine(
  disk?: MemoryDisk,
  clock: TestClock = { nowMs: 1_700_000_000_000, setAheadMs: 0 },
): Promise<Machine> {
  const memory = createMemoryLogStore(disk === undefined ? {} : { disk })
  const now = () => clock.nowMs
  const monotonicMs = () => clock.nowMs - clock.setAheadMs
  const environment = { clock: { now, monotonicMs } }
  const { store, partition } = await memoryStore(memory, { environment })
  return {
    store,
    memory,
    clock,
    partition,
    state: () => partition(queueStateName),
    killed: async (change = () => undefined) => {
      // The operating system has what was appended. All of it happens at once.
      for (const name of memory.disk.partitions.keys()) {
        const at = name.lastIndexOf('-')
        void memory.find(name.slice(0, at), Number(name.slice(at + 1)))?.flush()
      }
      const left = memory.crash()
      change(left)
      return machine(left, clock)
    },
  }
}

/** Refuses appends as a full disk does, until what is returned is called. */
export function fillDisk(log: PartitionLog): () => void {
  const append = log.append.bind(log)
  log.append = () => {
    throw new StorageError(ErrorCode.KAFKA_STORAGE_ERROR, 'no space left on device')
  }
  return () => {
    log.append = append
  }
}

/** The next `count` messages, which stay in hands. */
export async function takeSome(queue: Queue, consumer: string, count: number): Promise<Message[]> {
  const iterator = queue.take({ consumer })[Symbol.asyncIterator]()
  const messages: Message[] = []
  while (messages.length < count) messages.push((await iterator.next()).value)
  return messages
}

/** The next message. */
export async function takeOne(queue: Queue, consumer = 'c'): Promise<Message> {
  const [message] = await takeSome(queue, consumer, 1)
  return message as Message
}

/** Something that others wait behind until it is opened. */
export function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}

/** Some turns of the event loop. */
export async function turns(count = 20): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve))
}
