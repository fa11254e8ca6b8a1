import type { openSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import { GroupService } from '../../src/broker/group-service.ts'
import { importLate } from '../../src/engine/late-import.ts'

/** File descriptors that are left; undefined: as many as there are. */
let descriptorsLeft: number | undefined
vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>()
  const open: typeof openSync = (path, flags, mode) => {
    if (descriptorsLeft === undefined) return real.openSync(path, flags, mode)
    if (descriptorsLeft === 0) throw Object.assign(new Error('EMFILE'), { code: 'EMFILE' })
    descriptorsLeft -= 1
    return real.openSync(path, flags, mode)
  }
  const closeSync: typeof real.closeSync = (descriptor) => {
    if (descriptorsLeft !== undefined) descriptorsLeft += 1
    real.closeSync(descriptor)
  }
  return { ...real, openSync: open, closeSync }
})

describe('a module that is needed after the start', () => {
  it.each([0, 1, 31])('is not touched while only %i descriptors are left', async (left) => {
    descriptorsLeft = left
    const load = vi.fn(() => Promise.resolve('module'))
    await expect(importLate(load)).rejects.toThrow(/too few file descriptors .*ulimit -n/)
    expect(load).not.toHaveBeenCalled()
    // What was taken to see whether it is there was given back.
    expect(descriptorsLeft).toBe(left)
    descriptorsLeft = undefined
    expect(await importLate(load)).toBe('module')
  })

  it('is the group coordinator, which is there as soon as it can be loaded', async () => {
    const timers = { setTimeout: () => undefined, clear: () => undefined }
    const config = { offsetsTopicPartitions: 1, offsetsRetentionCheckIntervalMs: 1 }
    const service = new GroupService({ timers, config } as never)
    descriptorsLeft = 3
    await expect(service.coordinator()).rejects.toThrow(/descriptors/)
    await expect(service.load()).rejects.toThrow(/descriptors/)
    descriptorsLeft = undefined
    const coordinator = await service.coordinator()
    expect(await service.coordinator()).toBe(coordinator)
    await service.close()
  })
})
