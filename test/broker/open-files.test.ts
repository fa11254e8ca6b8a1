import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { openFilesMax, requireOpenFiles } from '../../src/broker/open-files.ts'

test('the limit is that of the process', () => {
  const told = spawnSync('sh', ['-c', 'ulimit -S -n'], { encoding: 'utf8' }).stdout.trim()
  const expected = process.platform === 'linux' && told !== 'unlimited' ? Number(told) : undefined
  expect(openFilesMax()).toBe(expected)
})

test('a start needs a file for each partition, and some more', () => {
  requireOpenFiles(36, 100)
  requireOpenFiles(1e9, undefined)
  expect(() => requireOpenFiles(37, 100)).toThrow(
    'This broker may have 100 files open, and with 37 partitions it needs at least 101; ' +
      'raise the limit ("ulimit -n", "LimitNOFILE" of a systemd unit).',
  )
})
