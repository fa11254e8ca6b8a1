import type { LogStore } from '../../src/storage/log-store.ts'
import {
  createMemoryLogStore,
  type MemoryDisk,
  type MemoryLogStore,
} from '../../src/storage/memory-log-store.ts'
import { NativeDirectoryUnderTest } from './native-directory.ts'
import { describeSealedSegments } from './sealed-segment-behaviour.ts'
import { describeLogStore, type StoreUnderTest } from './store-behaviour.ts'

function memoryDirectory(): StoreUnderTest {
  let disk: MemoryDisk | undefined
  return {
    open: async () => {
      const store = createMemoryLogStore(disk === undefined ? {} : { disk })
      disk = store.disk
      return store
    },
    crash: async (store: LogStore) => {
      ;(store as MemoryLogStore).crash()
    },
    breakDisk: async (store: LogStore) => (store as MemoryLogStore).goOffline('the disk is broken'),
    dispose: async () => {},
  }
}

describeLogStore('the memory store', async () => memoryDirectory())
describeLogStore('the native store', async () => new NativeDirectoryUnderTest())
describeSealedSegments('the memory store', async () => memoryDirectory())
describeSealedSegments('the native store', async () => new NativeDirectoryUnderTest())
