import { describe, expect, it } from 'vitest'
import { emptyImage } from '../../src/metadata/image.ts'
import { recordVersions, requireReadable } from '../../src/metadata/record-versions.ts'

describe('recordVersions', () => {
  it.each([
    [7, 1, 0],
    [8, 2, 0],
    [16, 2, 0],
    [17, 3, 1],
    [22, 3, 1],
    [23, 3, 2],
    [29, 3, 2],
    [30, 4, 2],
  ])('at level %i: broker %i, partition %i', (level, registerBroker, partition) => {
    expect(recordVersions(level)).toMatchObject({ registerBroker, partition })
  })

  it('know from when on there are transactions and registered controllers', () => {
    expect(recordVersions(12).transactions).toBe(false)
    expect(recordVersions(13).transactions).toBe(true)
    expect(recordVersions(14).controllerRegistration).toBe(false)
    expect(recordVersions(15).controllerRegistration).toBe(true)
  })
})

describe('requireReadable', () => {
  const at = (level: number) => ({
    ...emptyImage,
    features: new Map([['metadata.version', level]]),
  })

  it('takes 3.3-IV3 to 4.3-IV0, and a log that has not begun', () => {
    for (const image of [emptyImage, at(7), at(30)]) {
      expect(() => requireReadable(image)).not.toThrow()
    }
  })

  it('takes any level of a feature that is only kept, and no higher one of the others', () => {
    const feature = (name: string, level: number) => ({
      ...emptyImage,
      features: new Map([[name, level]]),
    })
    expect(() => requireReadable(feature('share.version', 9))).not.toThrow()
    expect(() => requireReadable(feature('eligible.leader.replicas.version', 1))).not.toThrow()
    expect(() => requireReadable(feature('eligible.leader.replicas.version', 2))).toThrow(
      /eligible.leader.replicas.version 2, newer than the 1 .*open it with a newer one/,
    )
    const quorum = (version: number) => ({ ...emptyImage, quorum: { version, voters: [] } })
    expect(() => requireReadable(quorum(1))).not.toThrow()
    expect(() => requireReadable(quorum(2))).toThrow(/kraft.version 2, newer than the 1/)
  })

  it('names the level and what to do', () => {
    expect(() => requireReadable(at(31))).toThrow(/metadata.version 31, newer than .*newer one/)
    expect(() => requireReadable(at(6))).toThrow(/metadata.version 6, older than .*upgrade/)
  })
})
