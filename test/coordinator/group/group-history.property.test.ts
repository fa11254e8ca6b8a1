/**
 * Made-up lives of a group, judged by what its members are told: no step may say one thing to one
 * member and another to the next. The judge knows the answers alone, not the coordinator's state.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { JoinGroupResponseInput } from '../../../src/protocol/generated/11-join-group.ts'
import { settle } from '../manual-time.ts'
import { GroupFixture } from './group-fixture.ts'

const acts = ['join', 'sync', 'heartbeat', 'leave', 'crash', 'hang up', 'commit'] as const
type Step =
  | { readonly who: number; readonly act: (typeof acts)[number] }
  | { readonly waitMs: number }
  | 'rally'
  | 'restart'
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 24, arbitrary: fc.record({ who: fc.nat(3), act: fc.constantFrom(...acts) }) },
  { weight: 6, arbitrary: fc.record({ waitMs: fc.constantFrom(1, 900, 5_000, 20_000) }) },
  { weight: 3, arbitrary: fc.constant('rally' as const) },
  { weight: 1, arbitrary: fc.constant('restart' as const) },
)

/** One client: what its last join told it, and whether it waits for an answer. */
interface Client {
  readonly instance: string | null
  readonly protocols: readonly string[]
  readonly rebalanceTimeoutMs: number
  joined: JoinGroupResponseInput | undefined
  waits: boolean
  /** Counts requests: what was asked before a restart or on a lost connection is not heard. */
  asked: number
}

/** An older generation, no member any more, join again, fenced. */
const refusals = [22, 25, 27, 82]

/** Four clients, of which two claim to be the same static member. */
class History {
  readonly #clients: readonly Client[] = [0, 1, 2, 3].map((who) => ({
    instance: who < 2 ? null : 'twice',
    protocols: who % 2 === 0 ? ['range', 'sticky'] : ['sticky', 'range'],
    rebalanceTimeoutMs: 10_000 + 5_000 * who,
    joined: undefined,
    waits: false,
    asked: 0,
  }))
  readonly #failures: unknown[] = []
  /** The id that the instance has, and those that it had. */
  #staticId: string | undefined
  readonly #fenced = new Set<string>()
  #protocols = new Map<number, string | null | undefined>()
  #fixture: GroupFixture
  #newest = 0
  #committed = -1
  #nextOffset = 0

  constructor(fixture: GroupFixture) {
    this.#fixture = fixture
  }

  async take(next: Step): Promise<void> {
    if (next === 'restart') await this.#restart()
    else if (next === 'rally') await this.#rally()
    else if ('waitMs' in next) await this.#fixture.time.advance(next.waitMs)
    else await this.#act(this.#clients[next.who] as Client, next.act)
    await settle()
    for (const id of this.#fenced) {
      expect([82, 25]).toContain(await this.#heartbeat(id, this.#newest, 'twice'))
    }
    if (this.#failures.length > 0) throw this.#failures[0]
  }

  /** Whoever waits is answered in the end, silent members are dropped, and offsets stay. */
  async end(): Promise<void> {
    await this.take({ waitMs: 200_000 })
    expect(this.#clients.filter((one) => one.waits)).toEqual([])
    await this.take({ waitMs: 200_000 })
    expect(['Empty', 'Dead']).toContain(await this.#fixture.state('g'))
    expect(await this.#fixture.committed('g')).toBe(this.#committed)
  }

  /** Everyone joins and syncs: mostly the group is stable then. */
  async #rally(): Promise<void> {
    for (const act of ['join', 'join', 'sync'] as const) {
      for (const client of this.#clients) {
        await this.#act(client, act)
        await settle()
      }
      await this.#fixture.time.advance(3_000)
    }
  }

  async #act(client: Client, act: (typeof acts)[number]): Promise<void> {
    const { joined, instance } = client
    if (act === 'crash' || act === 'hang up') hangUp(client)
    if (act === 'crash') client.joined = undefined
    if (client.waits || act === 'hang up') return
    if (act === 'join') return this.#join(client)
    // With an id alone one can join or leave.
    if (client.joined === undefined || joined === undefined) return
    if (joined.errorCode !== 0 && act !== 'leave') return
    if (act === 'sync') return this.#sync(client, joined)
    if (act === 'leave' && instance === null) {
      expect([0, 25]).toContain(await this.#fixture.leave('g', joined.memberId))
      client.joined = undefined
    } else if (act === 'commit') {
      const offset = this.#nextOffset++
      const code = await this.#fixture.commit('g', offset, joined, 'orders', instance)
      if (this.#served(code, joined)) this.#committed = offset
    } else if (act === 'heartbeat') {
      this.#served(await this.#heartbeat(joined.memberId, joined.generationId, instance), joined)
    }
  }

  #join(client: Client): void {
    const { instance, protocols, rebalanceTimeoutMs } = client
    const memberId = client.joined?.memberId ?? ''
    const timeouts = { rebalanceTimeoutMs, sessionTimeoutMs: 30_000 }
    const options = { version: 9, groupInstanceId: instance, protocols, ...timeouts }
    this.#ask(client, this.#fixture.join('g', { ...options, memberId }), (joined) => {
      expect([0, 25, 79, 82]).toContain(joined.errorCode)
      // 79: come back with this id; 25 and 82: the id is no longer one.
      client.joined = joined.errorCode === 0 || joined.errorCode === 79 ? joined : undefined
      if (joined.errorCode !== 0) return
      const { generationId = -1, protocolName } = joined
      this.#served(0, joined)
      if (!this.#protocols.has(generationId)) this.#protocols.set(generationId, protocolName)
      expect(protocolName).toBe(this.#protocols.get(generationId))
      expect(joined.members.length > 0).toBe(joined.leader === joined.memberId)
      if (instance === null) return
      if (this.#staticId !== undefined) this.#fenced.add(this.#staticId)
      this.#fenced.delete(joined.memberId)
      this.#staticId = joined.memberId
    })
  }

  #sync(client: Client, joined: JoinGroupResponseInput): void {
    const { instance } = client
    // The leader gives everyone a text that names it: a static member by what outlives its id.
    const textFor = (name: string) => `${joined.generationId} ${name}`
    const parts = joined.members.map((one) => [
      one.memberId,
      textFor(one.groupInstanceId ?? one.memberId),
    ])
    const claims = { groupInstanceId: instance }
    const asked = this.#fixture.sync('g', joined, Object.fromEntries(parts), claims)
    this.#ask(client, asked, ({ errorCode = 0, assignment }) => {
      if (!this.#served(errorCode, joined)) return
      expect(Buffer.from(assignment).toString()).toBe(textFor(instance ?? joined.memberId))
    })
  }

  #ask<Answer>(client: Client, asked: Promise<Answer>, judge: (answer: Answer) => void): void {
    client.asked += 1
    client.waits = true
    const { asked: number } = client
    const answered = (answer: Answer): void => {
      if (number !== client.asked) return
      client.waits = false
      judge(answer)
    }
    asked.then(answered).catch((failure: unknown) => this.#failures.push(failure))
  }

  #heartbeat(memberId: string, generationId = -1, instance: string | null): Promise<number> {
    const member = {
      errorCode: 0,
      memberId,
      generationId,
      members: [],
      protocolName: null,
      leader: '',
    }
    return this.#fixture.heartbeat('g', member, instance)
  }

  /** Nobody of an older generation than another one was told of is served. */
  #served(code: number | undefined, { generationId = -1 }: JoinGroupResponseInput): boolean {
    if (code !== 0) expect(refusals).toContain(code)
    // A rebalance is told to members of the present generation alone.
    if (code === 0 || code === 27) expect(generationId).toBeGreaterThanOrEqual(this.#newest)
    if (code === 0) this.#newest = generationId
    return code === 0
  }

  async #restart(): Promise<void> {
    const state = await this.#fixture.state('g')
    this.#fixture = await this.#fixture.restart()
    this.#protocols = new Map()
    // What no assignment was written for is forgotten: the generation, and ids that came with it.
    if (state === 'Stable') expect(await this.#fixture.state('g')).toBe('Stable')
    else {
      this.#newest = 0
      this.#fenced.clear()
      this.#staticId = undefined
    }
    for (const client of this.#clients) hangUp(client)
    expect(await this.#fixture.committed('g')).toBe(this.#committed)
  }
}

function hangUp(client: Client): void {
  client.waits = false
  client.asked += 1
}

it('tells the members of a group one story', async () => {
  const steps = fc.array(step, { minLength: 20, maxLength: 80, size: 'max' })
  const lives = fc.asyncProperty(steps, fc.constantFrom(0, 3_000), async (all, delayMs) => {
    const fixture = await GroupFixture.start({ initialRebalanceDelayMs: delayMs })
    const history = new History(fixture)
    for (const next of all) await history.take(next)
    await history.end()
  })
  await fc.assert(lives, { numRuns: 150 })
})
