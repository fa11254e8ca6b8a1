import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import {
  coordinatorPartition,
  javaStringHash,
} from '../../../src/coordinator/group/coordinator-partition.ts'

interface Vector {
  readonly group: string
  readonly hash: number
  readonly partition: number
}

it('agrees with Apache Kafka on 200 groups', () => {
  const file = join(import.meta.dirname, 'coordinator-partitions.json')
  const vectors = JSON.parse(readFileSync(file, 'utf8')) as Vector[]
  expect(vectors.length).toBe(200)
  for (const { group, hash, partition } of vectors) {
    expect(javaStringHash(group)).toBe(hash)
    expect(coordinatorPartition(group, 50)).toBe(partition)
  }
})

it('counts the hash without an absolute value as 0', () => {
  expect(javaStringHash('polygenelubricants')).toBe(-2147483648)
  expect(coordinatorPartition('polygenelubricants', 50)).toBe(0)
})
