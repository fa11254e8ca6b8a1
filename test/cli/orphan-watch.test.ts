import { spawn } from 'node:child_process'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { onOrphaned, startedByNpx } from '../../src/cli/orphan-watch.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('npx shows itself in the environment', () => {
  expect(startedByNpx({ env: { npm_lifecycle_event: 'npx' }, ppid: 1 })).toBe(true)
  expect(startedByNpx({ env: { npm_command: 'exec' }, ppid: 1 })).toBe(true)
  expect(startedByNpx({ env: { npm_command: 'run-script' }, ppid: 1 })).toBe(false)
  expect(startedByNpx({ env: {}, ppid: 1 })).toBe(false)
})

test('a new parent is told once', () => {
  const view = { env: {}, ppid: process.pid }
  const orphaned = vi.fn()
  onOrphaned(view, orphaned)
  vi.advanceTimersByTime(5000)
  expect(orphaned).not.toHaveBeenCalled()
  view.ppid = 1
  vi.advanceTimersByTime(5000)
  expect(orphaned).toHaveBeenCalledTimes(1)
})

test('a parent that ends is noticed too, as behind the shell that npx starts', async () => {
  const shell = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'])
  const view = { env: {}, ppid: shell.pid ?? 0 }
  const orphaned = vi.fn()
  const endWatch = onOrphaned(view, orphaned)
  vi.advanceTimersByTime(1000)
  expect(orphaned).not.toHaveBeenCalled()
  shell.kill('SIGKILL')
  await new Promise((resolve) => shell.once('close', resolve))
  vi.advanceTimersByTime(1000)
  // Only Linux tells of the parent's parent; elsewhere the parent alone is watched.
  expect(orphaned).toHaveBeenCalledTimes(process.platform === 'linux' ? 1 : 0)
  endWatch()
})

test('a watch that was ended calls nobody', () => {
  const view = { env: {}, ppid: process.pid }
  const orphaned = vi.fn()
  onOrphaned(view, orphaned)()
  view.ppid = 1
  vi.advanceTimersByTime(5000)
  expect(orphaned).not.toHaveBeenCalled()
})
