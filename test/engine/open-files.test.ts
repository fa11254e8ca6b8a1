import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { openFilesBurstOfEach, openFilesMax, openFilesOfEach } from '../../src/engine/open-files.ts'

test('the limit is that of the process', () => {
  const told = spawnSync('sh', ['-c', 'ulimit -S -n'], { encoding: 'utf8' }).stdout.trim()
  const expected = process.platform === 'linux' && told !== 'unlimited' ? Number(told) : undefined
  expect(openFilesMax()).toBe(expected)
})

test('segments get at most half of the descriptors', () => {
  expect(openFilesOfEach(1, 1024)).toBe(240)
  expect(openFilesOfEach(2, 1024)).toBe(120)
  expect(openFilesOfEach(1, 128)).toBe(16)
})

test('however many there are, a directory keeps no more than 1,024 open', () => {
  expect(openFilesOfEach(1, 1e6)).toBe(1024)
  expect(openFilesOfEach(3, undefined)).toBe(1024)
})

test('a start with hardly any is refused', () => {
  expect(() => openFilesOfEach(2, 150)).toThrow(
    'This broker may have 150 files open and needs at least 192; ' +
      'raise the limit ("ulimit -n", "LimitNOFILE" of a systemd unit).',
  )
})

test('a burst takes half of the descriptors, and never fewer than twice what stays open', () => {
  expect(openFilesBurstOfEach(1, 20_064)).toBe(10_000)
  expect(openFilesBurstOfEach(2, 20_064)).toBe(5_000)
  expect(openFilesBurstOfEach(1, 1e6)).toBe(16_384)
  expect(openFilesBurstOfEach(1, 1024)).toBe(480)
  expect(openFilesBurstOfEach(1, undefined)).toBe(2048)
})
