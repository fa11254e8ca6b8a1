import { describe, expect, it } from 'vitest'
import { assignorNames, assignorOf } from '../../../../src/client/consumer/assignor/builtin.ts'
import { decodeAssignment } from '../../../../src/client/consumer/assignor/consumer-protocol.ts'
import {
  MemberProtocol,
  readMembers,
} from '../../../../src/client/consumer/group/member-protocol.ts'

const joiner = { topics: ['a'], owned: [], generationId: -1, rackId: null }

describe('the assignors of a consumer', () => {
  it('are offered in their order', () => {
    const protocol = new MemberProtocol([assignorOf('cooperative-sticky'), assignorOf('range')])
    const names = protocol.offers(joiner).map(({ name }) => name)
    expect(names).toEqual(['cooperative-sticky', 'range'])
    expect([protocol.has('range'), protocol.has('sticky')]).toEqual([true, false])
  })

  it('are cooperative only if all are', () => {
    const both = [assignorOf('range'), assignorOf('cooperative-sticky')]
    expect(new MemberProtocol(both).protocol).toBe('eager')
    expect(new MemberProtocol(both.slice(1)).protocol).toBe('cooperative')
    expect(new MemberProtocol(both.slice(1)).isCooperative()).toBe(true)
  })

  it.each(assignorNames)('%s divides what members offered, and gives everybody bytes', (name) => {
    const protocol = new MemberProtocol([assignorOf(name)])
    const metadata = protocol.offers(joiner)[0]?.metadata ?? new Uint8Array()
    const members = readMembers([
      { memberId: 'x', groupInstanceId: null, metadata },
      { memberId: 'y', groupInstanceId: 'i', metadata },
    ])
    const topics = new Map([
      ['a', [[], []]],
      ['nobody', [[]]],
    ])
    const divided = protocol.divide(name, members.value ?? [], topics)
    const got = divided.map(({ assignment }) => protocol.read(assignment).value?.partitions ?? [])
    expect(divided.map(({ memberId }) => memberId)).toEqual(['x', 'y'])
    expect(got.map((partitions) => partitions.length)).toEqual([1, 1])
    expect(got.flat().every(({ topic }) => topic === 'a')).toBe(true)
  })

  it('remember what they were told', () => {
    const protocol = new MemberProtocol([assignorOf('sticky')])
    expect(protocol.offers(joiner)[0]?.metadata.at(-1)).toBe(255)
    const before = protocol.offers(joiner)[0]?.metadata.length ?? 0
    protocol.tell('sticky', { partitions: [{ topic: 'a', partition: 1 }] }, 4)
    expect(protocol.offers(joiner)[0]?.metadata.length).toBe(before + 4 + 3 + 4 + 4 + 4)
  })
})

describe('bytes of others', () => {
  it('that are broken name the member', () => {
    const metadata = Buffer.from('0003ffff', 'hex')
    const read = readMembers([{ memberId: 'bad', groupInstanceId: null, metadata }])
    expect(read.error).toContain('member bad')
  })

  it('of a later version are read as far as they are known', () => {
    const protocol = new MemberProtocol([assignorOf('range')])
    const metadata = Buffer.from(protocol.offers(joiner)[0]?.metadata ?? [])
    metadata.writeInt16BE(9, 0)
    const later = Buffer.concat([metadata, Buffer.from('more')])
    const read = readMembers([{ memberId: 'x', groupInstanceId: null, metadata: later }])
    expect(read.value?.[0]?.topics).toEqual(['a'])
  })

  it('may be none: an empty assignment', () => {
    expect(decodeAssignment(new Uint8Array()).value).toEqual({ partitions: [], userData: null })
  })
})
