import { describe, expect, it } from 'vitest'
import { DividedTopics, Subscription } from '../../../src/client/consumer/subscription.ts'

function known(
  ...names: string[]
): { name: string; isInternal: boolean; partitionsCount: number }[] {
  return names.map((name) => ({ name, isInternal: name.startsWith('__'), partitionsCount: 1 }))
}

describe('a subscription by name', () => {
  it('means its topics, whether they exist or not', () => {
    const subscription = new Subscription(['b', 'a', 'b'], true)
    expect(subscription.topics).toEqual(['a', 'b'])
    expect(subscription.hasPattern).toBe(false)
    expect(subscription.update(known('c'))).toBe(false)
    expect(subscription.topics).toEqual(['a', 'b'])
  })

  it('may be one name', () => {
    expect(new Subscription('orders', true).topics).toEqual(['orders'])
  })

  it('may be an internal topic', () => {
    expect(new Subscription('__consumer_offsets', true).topics).toEqual(['__consumer_offsets'])
  })
})

describe('a subscription by pattern', () => {
  it('follows topics that appear and vanish, and says so', () => {
    const subscription = new Subscription(/^orders/, true)
    expect(subscription.topics).toEqual([])
    expect(subscription.update(known('orders-eu', 'visits'))).toBe(true)
    expect(subscription.topics).toEqual(['orders-eu'])
    expect(subscription.update(known('orders-eu'))).toBe(false)
    expect(subscription.update(known('orders-us', 'orders-eu'))).toBe(true)
    expect(subscription.update(known('orders-us'))).toBe(true)
    expect(subscription.topics).toEqual(['orders-us'])
  })

  it('may stand beside names', () => {
    const subscription = new Subscription(['visits', /^orders/], true)
    subscription.update(known('orders'))
    expect(subscription.topics).toEqual(['orders', 'visits'])
  })

  it('leaves the broker alone, unless told otherwise', () => {
    const subscription = new Subscription(/./, true)
    subscription.update(known('a', '__consumer_offsets'))
    expect(subscription.topics).toEqual(['a'])
    const all = new Subscription(/./, false)
    all.update(known('a', '__consumer_offsets'))
    expect(all.topics).toEqual(['__consumer_offsets', 'a'])
  })

  it('tests every name from its start, whatever the flags', () => {
    const subscription = new Subscription(/order/gy, true)
    subscription.update(known('order1', 'order2', 'order3'))
    expect(subscription.topics).toEqual(['order1', 'order2', 'order3'])
  })

  it('notices that one topic took the place of another', () => {
    const subscription = new Subscription(/^o/, true)
    subscription.update(known('o1'))
    expect(subscription.update(known('o2'))).toBe(true)
  })
})

describe('divided topics', () => {
  it('differ when one grew, appeared or vanished', () => {
    const divided = new DividedTopics()
    const counts = new Map([
      ['a', 2],
      ['b', 0],
    ])
    const countOf = (topic: string): number => counts.get(topic) ?? 0
    expect(divided.differFrom(countOf)).toBe(false)
    divided.remember(new Map(counts))
    expect(divided.differFrom(countOf)).toBe(false)
    counts.set('a', 3)
    expect(divided.differFrom(countOf)).toBe(true)
    counts.set('a', 2).set('b', 1)
    expect(divided.differFrom(countOf)).toBe(true)
    counts.delete('a')
    expect(divided.differFrom(countOf)).toBe(true)
    divided.forget()
    expect(divided.differFrom(countOf)).toBe(false)
  })
})
