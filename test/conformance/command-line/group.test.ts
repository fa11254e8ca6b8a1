/** `odradek group` against a broker: ours, and with CONFORMANCE_TARGET=kafka Apache Kafka. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { Admin, Consumer } from '../../../src/client/index.ts'
import { consumerGroupHeartbeat } from '../apache-kafka/consumer-group-heartbeat.ts'
import { jars, kafkaObstacle } from '../apache-kafka/reference.ts'
import { BrokerProcess } from '../broker-process.ts'
import { Feeder } from '../client/feeder.ts'
import { hasSince } from '../client/kafka-version.ts'
import { describeUnless } from '../client-tools.ts'
import { runTool } from '../kafka-tools/tool.ts'
import { Commands } from './commands.ts'

let broker: BrokerProcess
let feeder: Feeder
let admin: Admin
let commands: Commands
const folder = mkdtempSync(join(tmpdir(), 'odradek-group-'))
const open: Consumer[] = []

/** Of the first record of a partition; the others come a second apart. */
const firstMs = Date.now() - 600_000
const topic = 'orders'

interface Plan {
  readonly partition: number
  readonly newOffset: number
}

beforeAll(async () => {
  broker = await BrokerProcess.start({ settings: { 'group.initial.rebalance.delay.ms': '0' } })
  feeder = new Feeder(broker.address)
  admin = new Admin({ bootstrapServers: broker.address })
  commands = new Commands(broker)
  await feeder.create(topic, 3)
  for (let partition = 0; partition < 3; partition++) {
    for (let at = 0; at < 10; at++) {
      await feeder.produce(topic, partition, [[null, `${at}`]], {}, firstMs + at * 1000)
    }
  }
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((consumer) => consumer.close()))
})
afterAll(async () => {
  feeder?.close()
  await admin?.close()
  await broker?.dispose()
  rmSync(folder, { recursive: true })
})

/** A group without members that has committed these offsets. */
async function groupAt(group: string, ...offsets: number[]): Promise<string> {
  const committed = offsets.map((offset, partition) => ({ topic, partition, offset }))
  await admin.alterGroupOffsets(group, committed)
  return group
}

/** A member of a group, once it has its partitions. */
async function memberOf(groupId: string, clientId: string): Promise<Consumer> {
  const options = { bootstrapServers: broker.address, groupId, clientId }
  const consumer = new Consumer({ ...options, enableAutoCommit: false })
  open.push(consumer)
  await consumer.subscribe([topic])
  while (consumer.assignment.length === 0) await consumer.poll({ timeoutMs: 100 })
  return consumer
}

async function offsetsOf(group: string): Promise<number[]> {
  const offsets = await admin.listGroupOffsets(group)
  return [...offsets].sort((a, b) => a.partition - b.partition).map(({ offset }) => offset)
}

describe('group list and describe', () => {
  test('a group without members: what it has committed, and its lag', async () => {
    await groupAt('resting', 4, 10)
    expect(await commands.rows('group', 'describe', 'resting')).toEqual([
      ['resting', topic, '0', '4', '10', '6', '-', '-', '-'],
      ['resting', topic, '1', '10', '10', '0', '-', '-', '-'],
    ])
    const { err, out } = await commands.run('group', 'describe', 'resting')
    expect(err).toEqual(['Group "resting" has no active members.'])
    expect(out[0]?.trim().split(/ +/)).toEqual([
      ...['GROUP', 'TOPIC', 'PARTITION', 'CURRENT-OFFSET', 'LOG-END-OFFSET', 'LAG'],
      ...['CONSUMER-ID', 'HOST', 'CLIENT-ID'],
    ])
    const listed = await commands.rows('group', 'list', '--state', 'Empty')
    expect(listed).toContainEqual(['resting', 'classic', '-', 'Empty'])
  })

  test('a group with a member: who reads what, and from where', async () => {
    const consumer = await memberOf('working', 'till-7')
    const [report] = await commands.json<{ members: unknown[]; partitions: unknown[] }[]>(
      ...['group', 'describe', 'working'],
    )
    expect(report).toMatchObject({
      group: 'working',
      state: 'Stable',
      type: 'classic',
      protocolType: 'consumer',
      assignor: 'range',
      coordinator: { host: '127.0.0.1', port: broker.port },
    })
    expect(report?.members).toMatchObject([
      { memberId: consumer.memberId, clientId: 'till-7', host: '/127.0.0.1' },
    ])
    expect(report?.partitions).toHaveLength(3)
    expect(await commands.rows('group', 'describe', 'working')).toContainEqual([
      ...['working', topic, '0', '-', '10', '-', consumer.memberId, '/127.0.0.1', 'till-7'],
    ])
    expect(await commands.rows('group', 'describe', 'working', '--members')).toEqual([
      ['working', consumer.memberId, '/127.0.0.1', 'till-7', '3', `${topic}:0,1,2`],
    ])
    const [state] = await commands.rows('group', 'describe', 'working', '--state')
    const coordinator = expect.stringMatching(`^127.0.0.1:${broker.port} \\(\\d+\\)$`)
    expect(state).toEqual(['working', coordinator, 'range', 'Stable', '1'])
    const states = await commands.rows('group', 'list', '--state', 'stable')
    expect(states).toEqual([['working', 'classic', 'consumer', 'Stable']])
  })

  test('all groups at once, and none that is not there', async () => {
    await groupAt('one', 1)
    await groupAt('two', 2)
    const groups = (await commands.rows('group', 'describe', '--all-groups')).map(([id]) => id)
    expect(groups).toEqual(expect.arrayContaining(['one', 'two']))
    const sentence = await commands.failure(1, 'group', 'describe', 'nobody')
    expect(sentence).toMatch(/^odradek: Cannot describe group "nobody": .*GROUP_ID_NOT_FOUND\)\.$/)
  })

  test('a topic that was deleted leaves rows without an end', async () => {
    await feeder.create('gone', 1)
    await admin.alterGroupOffsets('left', [{ topic: 'gone', partition: 0, offset: 0 }])
    const kept = await admin.listGroupOffsets('left')
    await admin.deleteTopics(['gone'])
    expect(kept).toHaveLength(1)
    // A broker may forget the offsets along with the topic.
    for (const row of await commands.rows('group', 'describe', 'left')) {
      expect(row).toEqual(['left', 'gone', '0', '0', '-', '-', '-', '-', '-'])
    }
  })
})

const isKafka = process.env['CONFORMANCE_TARGET'] === 'kafka'
const hasThem = isKafka && hasSince(4, 0)
describeUnless(hasThem ? undefined : 'this broker does not serve them', 'groups of KIP-848', () => {
  test('are listed, described, left alone and reset', async () => {
    const endpoint = { host: '127.0.0.1', port: broker.port }
    // Nobody but who looks for a coordinator has the topic of the offsets made.
    await groupAt('classic', 1)
    const join = () => consumerGroupHeartbeat(endpoint, 'modern', topic, 0)
    await expect.poll(join, { timeout: 20_000, interval: 100 }).toBe(0)
    const listed = await commands.rows('group', 'list', '--type', 'consumer')
    expect(listed).toEqual([['modern', 'consumer', 'consumer', expect.any(String)]])
    const [report] = await commands.json<{ members: unknown[] }[]>('group', 'describe', 'modern')
    expect(report).toMatchObject({ group: 'modern', type: 'consumer', assignor: 'uniform' })
    expect(report?.members).toMatchObject([{ clientId: 'exchange', host: '/127.0.0.1' }])
    const args = ['group', 'reset-offsets', 'modern', '--topic', topic, '--to-latest', '--execute']
    expect(await commands.failure(1, ...args)).toContain('Group "modern" has a member')
    expect(await consumerGroupHeartbeat(endpoint, 'modern', topic, -1)).toBe(0)
    await commands.lines(...args)
    expect(await commands.rows('group', 'describe', 'modern')).toHaveLength(3)
  })
})

describe('group reset-offsets', () => {
  const at = (ms: number) => new Date(firstMs + ms).toISOString().slice(0, -1)

  test.each([
    [['--to-earliest'], [0, 0, 0]],
    [['--to-latest'], [10, 10, 10]],
    [['--to-current'], [4, 6, 10]],
    [
      ['--to-offset', '7'],
      [7, 7, 7],
    ],
    [
      ['--to-offset', '700'],
      [10, 10, 10],
    ],
    [
      ['--shift-by', '-5'],
      [0, 1, 10],
    ],
    [
      ['--shift-by', '3'],
      [7, 9, 10],
    ],
    [
      ['--to-datetime', at(3_500)],
      [4, 4, 4],
    ],
    [
      ['--to-datetime', at(60_000)],
      [10, 10, 10],
    ],
    [
      ['--by-duration', 'P1D'],
      [0, 0, 0],
    ],
    [
      ['--by-duration', 'PT0S'],
      [10, 10, 10],
    ],
  ])('%j', async (target, expected) => {
    await groupAt('moved', 4, 6)
    const scope = target.includes('--shift-by') ? ['--topic', `${topic}:0,1`] : ['--topic', topic]
    const args = ['group', 'reset-offsets', 'moved', ...scope, ...target]
    const plan = await commands.json<Plan[]>(...args, '--dry-run')
    const wanted = expected.slice(0, plan.length)
    const planned = [...plan].sort((a, b) => a.partition - b.partition)
    if (target[0] === '--to-current') wanted[2] = 10
    expect(planned.map(({ newOffset }) => newOffset)).toEqual(wanted)
    expect(await offsetsOf('moved')).toEqual([4, 6])
    await commands.lines(...args, '--execute')
    expect(await offsetsOf('moved')).toEqual(wanted)
    await commands.lines('group', 'delete', 'moved')
  })

  test('what was exported is what a file of it brings back', async () => {
    await groupAt('saved', 4, 6, 8)
    const args = ['group', 'reset-offsets', 'saved']
    const lines = await commands.lines(...args, '--all-topics', '--to-current', '--export')
    expect([...lines].sort()).toEqual([`${topic},0,4`, `${topic},1,6`, `${topic},2,8`])
    const file = join(folder, 'saved.csv')
    writeFileSync(file, `${lines.join('\n')}\n`)
    await commands.lines(...args, '--all-topics', '--to-earliest', '--execute')
    expect(await offsetsOf('saved')).toEqual([0, 0, 0])
    await commands.lines(...args, '--from-file', file, '--execute')
    expect(await offsetsOf('saved')).toEqual([4, 6, 8])
  })

  test('a plan says that it is one, unless that is what was asked for', async () => {
    await groupAt('planned', 4)
    const args = ['group', 'reset-offsets', 'planned', '--all-topics', '--to-latest']
    const { err } = await commands.run(...args)
    expect(err).toEqual(['This is a plan, and nothing was changed: --execute carries it out.'])
    expect((await commands.run(...args, '--dry-run')).err).toEqual([])
    expect(await offsetsOf('planned')).toEqual([4])
  })

  test('a group that is not there yet begins with what is reset', async () => {
    const args = ['group', 'reset-offsets', 'newcomer', '--topic', `${topic}:1`, '--to-offset', '3']
    expect(await commands.rows(...args, '--execute')).toEqual([['newcomer', topic, '1', '-', '3']])
    expect(await offsetsOf('newcomer')).toEqual([3])
  })

  test('a group with members is left alone, with a sentence', async () => {
    await memberOf('busy', 'reader')
    const args = ['group', 'reset-offsets', 'busy', '--topic', topic, '--to-earliest', '--execute']
    expect(await commands.failure(1, ...args)).toBe(
      'odradek: Group "busy" has a member (it is Stable): its offsets can be reset without any.',
    )
    expect(await offsetsOf('busy')).toEqual([])
  })

  test.each([
    [['--topic', 'nobodys', '--to-earliest'], 'Cannot describe topic "nobodys"'],
    [['--topic', `${topic}:3`, '--to-earliest'], 'no partition 3; it has partitions 0 to 2.'],
    [['--all-topics', '--to-earliest'], 'has committed nothing: name topics by --topic.'],
    [['--topic', topic, '--shift-by', '1'], 'has committed nothing for orders-0'],
    [['--from-file', '/nonexistent'], 'file of offsets /nonexistent: it does not exist.'],
  ])('%j cannot be done: %s', async (args, sentence) => {
    const said = await commands.failure(1, 'group', 'reset-offsets', 'unheard', ...args)
    expect(said).toContain(sentence)
    expect(said.split('\n')).toHaveLength(1)
  })
})

describe('group delete', () => {
  test('groups go, and one that cannot go is named', async () => {
    await groupAt('first', 1)
    await groupAt('third', 3)
    const { code, out, err } = await commands.run('group', 'delete', 'first', 'second', 'third')
    expect(code).toBe(1)
    expect(out).toEqual(['Deleted group first.', 'Deleted group third.'])
    expect(err).toHaveLength(1)
    expect(err[0]).toMatch(/^odradek: Cannot delete group "second": .*GROUP_ID_NOT_FOUND\)\.$/)
    await groupAt('first', 1)
    expect(await commands.json('group', 'delete', 'first')).toEqual([
      { group: 'first', error: null },
    ])
  })

  test('a group with members stays', async () => {
    await memberOf('held', 'reader')
    expect(await commands.failure(1, 'group', 'delete', 'held')).toContain('(NON_EMPTY_GROUP).')
  })

  test('offsets of a topic go, the others stay', async () => {
    await groupAt('partly', 1, 2, 3)
    const lines = await commands.lines('group', 'delete', 'partly', '--topic', `${topic}:0,2`)
    expect(lines).toEqual([
      `Deleted the offset of ${topic}-0 of group partly.`,
      `Deleted the offset of ${topic}-2 of group partly.`,
    ])
    expect(await offsetsOf('partly')).toEqual([2])
  })
})

describeUnless(kafkaObstacle(), "beside Apache Kafka's kafka-consumer-groups", () => {
  async function tool(...args: string[]): Promise<string[][]> {
    const where = ['--bootstrap-server', broker.address]
    const { output } = await runTool(jars, 'kafka-consumer-groups', [...where, ...args])
    const lines = output.split('\n').map((line) => line.trim())
    // What an older one's logging says of itself is no answer.
    const told = lines.filter((line) => line !== '' && !/^(SLF4J|log4j)/i.test(line))
    return told.map((line) => line.split(/ {2,}| +(?=[-\d])/))
  }
  const sorted = (rows: readonly (readonly string[])[]) => rows.map((row) => row.join(' ')).sort()

  test('describes the same', async () => {
    const consumer = await memberOf('compared', 'till-8')
    await consumer.commit([{ topic, partition: 1, offset: 4 }])
    for (const view of [[], ['--members'], ['--state']]) {
      const theirs = await tool('--describe', '--group', 'compared', ...view)
      const ours = await commands.lines('group', 'describe', 'compared', ...view)
      const words = (lines: readonly (readonly string[] | string)[]) =>
        lines.map((line) => [line].flat().join(' ').replace(/ +/g, ' ').trim())
      const own = words(ours).map((line) =>
        view[0] === '--members' ? line.replace(/ \S+$/, '') : line,
      )
      expect(own[0]).toBe(words(theirs)[0])
      expect([...own].sort()).toEqual([...words(theirs)].sort())
    }
  })

  test.each([
    [['--to-earliest']],
    [['--to-current']],
    [['--to-offset', '7']],
    [['--shift-by', '-5']],
    [['--shift-by', '100']],
    [['--to-datetime', new Date(firstMs + 3_500).toISOString().slice(0, -1)]],
    [['--by-duration', 'PT0S']],
  ])('plans the same: %j', async (target) => {
    await groupAt('planned-alike', 4, 6, 8)
    const args = ['--topic', topic, ...target, '--dry-run']
    const theirs = await tool('--reset-offsets', '--group', 'planned-alike', ...args, '--export')
    const ours = await commands.lines(
      ...['group', 'reset-offsets', 'planned-alike', ...args, '--export'],
    )
    const lines = theirs.flat().filter((line) => /^\S+,\d+,\d+$/.test(line))
    expect([...ours].sort()).toEqual(sorted(lines.map((line) => [line])))
    expect(ours).toHaveLength(3)
  })
})
