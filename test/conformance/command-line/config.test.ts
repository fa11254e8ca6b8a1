/**
 * `odradek config`, `records` and `topic alter` against a broker: ours, and with
 * CONFORMANCE_TARGET=kafka Apache Kafka.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { jars, kafkaObstacle } from '../apache-kafka/reference.ts'
import { BrokerProcess } from '../broker-process.ts'
import { Feeder } from '../client/feeder.ts'
import { describeUnless } from '../client-tools.ts'
import { runTool } from '../kafka-tools/tool.ts'
import { Commands } from './commands.ts'

interface Described {
  readonly type: string
  readonly name: string | null
  readonly clientId?: string
  readonly configs: readonly {
    readonly name: string
    readonly value: string | null
    readonly source: string
    readonly default: string | null
  }[]
  readonly quotas: Readonly<Record<string, number>>
}

let broker: BrokerProcess
let feeder: Feeder
let commands: Commands
const folder = mkdtempSync(join(tmpdir(), 'odradek-config-'))
let names = 0

beforeAll(async () => {
  broker = await BrokerProcess.start()
  feeder = new Feeder(broker.address)
  commands = new Commands(broker)
})
afterAll(async () => {
  feeder?.close()
  await broker?.dispose()
  rmSync(folder, { recursive: true })
})

async function freshTopic(partitions = 1): Promise<string> {
  const name = `topic-${names++}`
  await feeder.create(name, partitions)
  return name
}

/** A controller tells brokers of a change, which may be asked before that. */
async function eventually(check: () => Promise<void>): Promise<void> {
  await expect
    .poll(() => check().then(() => 'as expected'), { timeout: 10_000 })
    .toBe('as expected')
}

async function described(...args: string[]): Promise<Described[]> {
  return commands.json<Described[]>('config', 'describe', ...args)
}

describe('config', () => {
  test('what is set on a topic, with its source and what would hold otherwise', async () => {
    const topic = await freshTopic()
    const set = ['--set', 'max.message.bytes=2000', '--set', 'cleanup.policy=compact']
    expect(await commands.lines('config', 'alter', 'topic', topic, ...set)).toEqual([
      `topic ${topic}: max.message.bytes=2000`,
      `topic ${topic}: cleanup.policy=compact`,
    ])
    await eventually(async () => {
      const [one] = await described('topic', topic)
      expect(one).toMatchObject({ type: 'topic', name: topic })
      expect(one?.configs.map((row) => [row.name, row.value, row.source, row.default])).toEqual([
        ['cleanup.policy', 'compact', 'topic', 'delete'],
        ['max.message.bytes', '2000', 'topic', '1048588'],
      ])
    })
    const lines = await commands.lines('config', 'describe', 'topic', topic)
    expect(lines.map((line) => line.trim().split(/ {2,}/))).toEqual([
      [`topic ${topic}`],
      ['CONFIG', 'VALUE', 'SOURCE', 'DEFAULT'],
      ['cleanup.policy', 'compact', 'topic', 'delete'],
      ['max.message.bytes', '2000', 'topic', '1048588'],
    ])
    await commands.lines('config', 'alter', 'topic', topic, '--append', 'cleanup.policy=delete')
    const more = ['--delete', 'max.message.bytes', '--subtract', 'cleanup.policy=compact']
    await commands.lines('config', 'alter', 'topic', topic, ...more)
    await eventually(async () => {
      const [one] = await described('topic', topic)
      expect(one?.configs.map((row) => [row.name, row.value])).toEqual([
        ['cleanup.policy', 'delete'],
      ])
    })
    const [all] = await described('topic', topic, '--all')
    expect(all?.configs.length).toBeGreaterThan(25)
    expect(all?.configs.find(({ name }) => name === 'max.message.bytes')).toMatchObject({
      source: 'default',
    })
  })

  test('a broker, all brokers, and each topic', async () => {
    await commands.lines(
      'config',
      'alter',
      'broker',
      '--default',
      '--set',
      'log.retention.ms=7777777',
    )
    await commands.lines('config', 'alter', 'broker', '1', '--set', 'log.retention.ms=8888888')
    await eventually(async () => {
      const brokers = await described('broker')
      expect(brokers.map(({ name }) => name)).toEqual(['1', null])
      const rows = brokers.map(({ configs }) =>
        configs.find(({ name }) => name === 'log.retention.ms'),
      )
      expect(rows.map((row) => [row?.value, row?.source])).toEqual([
        ['8888888', 'broker'],
        ['7777777', 'default-broker'],
      ])
    })
    for (const where of [['1'], ['--default']]) {
      await commands.lines('config', 'alter', 'broker', ...where, '--delete', 'log.retention.ms')
    }
    const topic = await freshTopic()
    expect(await described('topic')).toContainEqual({ type: 'topic', name: topic, configs: [] })
  })

  test('quotas of users, of client ids and of both', async () => {
    const alter = (...args: string[]) => commands.lines('config', 'alter', ...args)
    await alter('user', 'alice', '--set', 'producer_byte_rate=1024')
    await alter('user', '--default', '--set', 'producer_byte_rate=2048')
    await alter('user', 'alice', '--client-id', 'till', '--set', 'consumer_byte_rate=4096')
    await alter('client-id', 'till', '--set', 'request_percentage=50')
    await eventually(async () => {
      const users = await described('user')
      expect(users).toHaveLength(2)
      expect(users).toContainEqual({
        ...{ type: 'user', name: 'alice', quotas: { producer_byte_rate: 1024 } },
      })
      expect(users).toContainEqual({
        ...{ type: 'user', name: null, quotas: { producer_byte_rate: 2048 } },
      })
    })
    const both = await described('user', 'alice', '--client-id', 'till')
    const quotas = { consumer_byte_rate: 4096 }
    expect(both).toEqual([{ type: 'user', name: 'alice', clientId: 'till', quotas }])
    const words = await commands.lines('config', 'describe', 'client-id', 'till')
    expect(words).toEqual(['client-id till', '  request_percentage=50'])
    await alter('client-id', 'till', '--delete', 'request_percentage')
    await eventually(async () => {
      const { err } = await commands.run('config', 'describe', 'client-id')
      expect(err).toEqual(['No client-id has any.'])
    })
  })

  test('what the broker refuses changes nothing, and neither does a trial', async () => {
    const topic = await freshTopic()
    const wrong = ['--set', 'max.message.bytes=2000', '--set', 'retention.ms=soon']
    expect(await commands.failure(1, 'config', 'alter', 'topic', topic, ...wrong)).toMatch(
      /^odradek: Cannot alter the configs of topic .*retention\.ms.*\(INVALID_CONFIG\)\.$/,
    )
    const trial = ['--set', 'max.message.bytes=2000', '--dry-run']
    const { err } = await commands.run('config', 'alter', 'topic', topic, ...trial)
    expect(err).toEqual(['The broker would do it; nothing was changed.'])
    expect((await described('topic', topic))[0]?.configs).toEqual([])
    const quota = ['config', 'alter', 'user', 'bob', '--set', 'producer_byte_rate=fast']
    expect(await commands.failure(1, ...quota)).toBe(
      'odradek: The quota producer_byte_rate has to be a number, not "fast".',
    )
    expect(await commands.failure(1, 'config', 'describe', 'topic', 'nobodys')).toContain('nobodys')
    expect(await commands.failure(1, 'config', 'describe', 'broker', '77')).toContain(
      'There is no broker 77',
    )
  })
})

describe('topic alter', () => {
  test('more partitions and other configs', async () => {
    const topic = await freshTopic()
    const args = ['topic', 'alter', topic, '--partitions', '3', '--config', 'retention.ms=9000']
    expect(await commands.lines(...args)).toEqual([
      `Topic ${topic}: retention.ms=9000`,
      `Topic ${topic} has 3 partitions.`,
    ])
    await eventually(async () => {
      const [one] = await commands.json<{ partitions: unknown[]; configs: unknown }[]>(
        ...['topic', 'describe', topic],
      )
      expect(one?.partitions).toHaveLength(3)
      expect(one?.configs).toMatchObject({ 'retention.ms': '9000' })
    })
    await commands.lines('topic', 'alter', topic, '--delete-config', 'retention.ms')
    await eventually(async () => {
      expect((await described('topic', topic))[0]?.configs).toEqual([])
    })
  })

  test('fewer partitions are refused', async () => {
    const topic = await freshTopic(2)
    const args = ['topic', 'alter', topic, '--partitions', '1']
    expect(await commands.failure(1, ...args)).toContain('(INVALID_PARTITIONS).')
  })
})

describe('records delete', () => {
  async function filled(partitions: number): Promise<string> {
    const topic = await freshTopic(partitions)
    for (let at = 0; at < partitions; at++) await feeder.count(topic, at, 10, 'r')
    return topic
  }

  test('up to an offset, or all of them', async () => {
    const topic = await filled(3)
    const some = ['records', 'delete', `${topic}:0,2`, '--before', '4']
    expect(await commands.rows(...some)).toEqual([
      [topic, '0', '4'],
      [topic, '2', '4'],
    ])
    expect(await commands.json('records', 'delete', topic, '--before', 'latest')).toEqual(
      [0, 1, 2].map((partition) => ({ topic, partition, lowWatermark: 10, error: null })),
    )
  })

  test('a file says where, and what fails is named beside what was done', async () => {
    const topic = await filled(2)
    const file = join(folder, 'offsets.json')
    const partitions = [
      { topic, partition: 0, offset: 5 },
      { topic, partition: 1, offset: 11 },
    ]
    writeFileSync(file, JSON.stringify({ partitions, version: 1 }))
    const { code, out, err } = await commands.run('records', 'delete', '--offset-json-file', file)
    expect(code).toBe(1)
    expect(out.at(-1)?.trim().split(/ {2,}/)).toEqual([topic, '0', '5'])
    expect(err).toHaveLength(1)
    expect(err[0]).toMatch(/^odradek: Cannot delete records of topic-.*OFFSET_OUT_OF_RANGE\)\.$/)
  })

  test.each([
    [['nobodys', '--before', '1'], 1, 'Cannot describe topic "nobodys"'],
    [['--offset-json-file', '/nonexistent'], 1, '/nonexistent: it does not exist.'],
    [['--before', '1'], 2, 'name topics, or --offset-json-file'],
    [['t'], 2, 'say by --before up to where'],
    [['t', '--before', '1', '--offset-json-file', 'f'], 2, 'not both'],
  ])('%j cannot be done', async (args, code, sentence) => {
    expect(await commands.failure(code, 'records', 'delete', ...args)).toContain(sentence)
  })
})

describeUnless(kafkaObstacle(), "beside Apache Kafka's kafka-configs", () => {
  test('a topic has the same values', async () => {
    const topic = await freshTopic()
    await commands.lines('config', 'alter', 'topic', topic, '--set', 'segment.bytes=1048576')
    const where = ['--bootstrap-server', broker.address, '--entity-type', 'topics']
    const { output } = await runTool(jars, 'kafka-configs', [
      ...[...where, '--entity-name', topic, '--describe', '--all'],
    ])
    const theirs = output
      .split('\n')
      .map((line) => /^ {2}([\w.-]+)=(.*) sensitive=/.exec(line))
      .flatMap((match) => (match ? [[match[1], match[2]]] : []))
    const [ours] = await described('topic', topic, '--all')
    const values = ours?.configs.map(({ name, value }) => [name, value ?? 'null'])
    expect(values?.length).toBeGreaterThan(25)
    expect(values).toEqual([...theirs].sort((a, b) => ((a[0] ?? '') < (b[0] ?? '') ? -1 : 1)))
  })
})
