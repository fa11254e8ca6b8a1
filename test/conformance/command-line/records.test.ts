/** `produce` and `consume` against a broker: ours, with CONFORMANCE_TARGET=kafka Apache Kafka. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { seededRandom } from '../../../src/base/random.ts'
import { Consumer, type ConsumerRecord, Producer } from '../../../src/client/index.ts'
import { BrokerProcess } from '../broker-process.ts'
import { Feeder } from '../client/feeder.ts'
import { describeUnless, setUp } from '../client-tools.ts'
import { odradek, shell, shellCommand } from './processes.ts'

const recordsCount = 100_000
const { obstacle } = setUp(join(import.meta.dirname, '..', 'kcat', 'setup.sh'))
const folder = mkdtempSync(join(tmpdir(), 'odradek-command-line-'))
let broker: BrokerProcess
let feeder: Feeder
let names = 0

beforeAll(async () => {
  broker = await BrokerProcess.start({ settings: { 'group.initial.rebalance.delay.ms': '0' } })
  feeder = new Feeder(broker.address)
})
afterAll(async () => {
  feeder?.close()
  await broker?.dispose()
  rmSync(folder, { recursive: true })
})

async function topicWith(partitions = 1): Promise<string> {
  const topic = `topic-${names++}`
  await feeder.create(topic, partitions)
  return topic
}

const at = () => ['-b', broker.address]
const consumeCommand = (topic: string, ...args: string[]) =>
  shellCommand('consume', topic, '--from-beginning', '-e', ...args, ...at())
const produceCommand = (topic: string, ...args: string[]) =>
  shellCommand('produce', topic, ...args, ...at())

/** Runs a line of the shell that has to go well, and say nothing. */
async function quietly(line: string): Promise<Buffer> {
  const { code, out, err } = await shell(`set -o pipefail; ${line}`).end()
  expect([code, err]).toEqual([0, ''])
  return out
}

async function linesOf(topic: string, format = '%s'): Promise<string[]> {
  const out = await quietly(consumeCommand(topic, '-f', `${format}\\n`))
  return out.toString().split('\n').slice(0, -1)
}

describe('consume | produce loses nothing', () => {
  it('lines, with keys', async () => {
    const [source, target] = [await topicWith(3), await topicWith(3)]
    const random = seededRandom(6)
    const lines = Array.from({ length: recordsCount }, (_, n) => {
      const value = Buffer.from(String(random.uint32()).repeat(random.uint32() % 8)).toString()
      return `key ${random.uint32() % 1_000}\t${n} ${value}`
    })
    const file = join(folder, 'lines')
    writeFileSync(file, `${lines.join('\n')}\n`)
    await quietly(produceCommand(source, '-K', '\\t', file))
    const pipe = [consumeCommand(source, '-K', '\\t'), produceCommand(target, '-K', '\\t')]
    await quietly(pipe.join(' | '))
    const copied = await linesOf(target, '%p %o %k\\t%s')
    expect(copied.length).toBe(recordsCount)
    // The key decides on the partition, so that even the offsets are the same.
    expect(copied.toSorted()).toEqual((await linesOf(source, '%p %o %k\\t%s')).toSorted())
    expect(copied.map((line) => line.replace(/^\d+ \d+ /, '')).toSorted()).toEqual(lines.toSorted())
  })

  it('JSON, whatever the bytes: keys, headers, nulls, times and partitions', async () => {
    const [source, target] = [await topicWith(3), await topicWith(3)]
    await produceArbitrary(source)
    await quietly(`${consumeCommand(source, '--json')} | ${produceCommand(target, '--json')}`)
    const [before, after] = [await everything(source), await everything(target)]
    expect([...before.keys()].length).toBe(recordsCount)
    let differing = 0
    for (const [place, record] of before) if (after.get(place) !== record) differing++
    expect([after.size, differing]).toEqual([recordsCount, 0])
  })
})

/** Records with all that a record may have, and every byte in it. */
async function produceArbitrary(topic: string): Promise<void> {
  const random = seededRandom(7)
  const bytes = (max: number) =>
    Buffer.from(Array.from({ length: random.uint32() % max }, () => random.uint32() & 0xff))
  const maybe = (max: number) => (random.uint32() % 5 === 0 ? null : bytes(max))
  const producer = new Producer({ bootstrapServers: broker.address })
  const now = Date.now()
  for (let n = 0; n < recordsCount; n++) {
    const names = Array.from({ length: random.uint32() % 3 }, () => `h${random.uint32() % 3}`)
    const record = {
      topic,
      partition: random.uint32() % 3,
      key: maybe(10),
      value: maybe(40),
      headers: names.map((name) => [name, maybe(10)] as const),
      timestamp: now - (random.uint32() % 1_000_000),
    }
    while (!producer.enqueue(record)) await producer.ready()
  }
  await producer.close()
}

/** All records of a topic by their places, each as one text. */
async function everything(topic: string): Promise<Map<string, string>> {
  const consumer = new Consumer({ bootstrapServers: broker.address, autoOffsetReset: 'earliest' })
  consumer.assign([0, 1, 2].map((partition) => ({ topic, partition })))
  const records = new Map<string, string>()
  const hex = (part: Buffer | null) => part?.toString('hex') ?? null
  const shown = ({ key, value, headers, timestamp }: ConsumerRecord) =>
    JSON.stringify([hex(key), hex(value), timestamp, headers.map((h) => [h.key, hex(h.value)])])
  while (records.size < recordsCount) {
    const polled = await consumer.poll({ timeoutMs: 10_000 })
    if (polled.length === 0) break
    for (const one of polled) records.set(`${one.partition} ${one.offset}`, shown(one))
  }
  await consumer.close()
  return records
}

describe('pipes', () => {
  it('`consume | head` ends quietly', async () => {
    const topic = await topicWith()
    await quietly(`seq 200000 | ${produceCommand(topic)}`)
    const line = `${shellCommand('consume', topic, '--from-beginning', ...at())} | head -3`
    const { out, err } = await shell(`${line}; echo "\${PIPESTATUS[@]}"`).end()
    expect([out.toString(), err]).toEqual(['1\n2\n3\n0 0\n', ''])
  })

  it('a slow reader gets everything, and the reading waits for him', async () => {
    const topic = await topicWith()
    await quietly(`seq 200000 | ${produceCommand(topic)}`)
    const out = await quietly(`${consumeCommand(topic)} | (sleep 2; cat)`)
    expect(out.toString()).toBe(await quietly('seq 200000').then(String))
  })

  it('`consume` to a place that is full fails, and says why', async () => {
    const topic = await topicWith()
    await quietly(`echo x | ${produceCommand(topic)}`)
    const { code, err } = await shell(`${consumeCommand(topic)} > /dev/full`).end()
    expect(code).toBe(1)
    expect(err).toMatch(/^odradek: .*ENOSPC.*\.\n$/)
  })
})

describe('signals', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('on %s produce sends what it has read whole', async (signal, code) => {
    const topic = await topicWith()
    const producing = odradek('produce', topic, '--linger', '60000', ...at())
    producing.write('a\nb\nunfinished')
    await sleep(2_000)
    producing.signal(signal)
    expect(await producing.ended()).toMatchObject({ code, err: '' })
    expect(await linesOf(topic)).toEqual(['a', 'b'])
  })

  it('consume ends although nobody reads what it writes', async () => {
    const topic = await topicWith()
    await quietly(`seq 200000 | ${produceCommand(topic)}`)
    const consuming = shellCommand('consume', topic, '--from-beginning', ...at())
    const stopped = `${consuming} & pid=$!; sleep 3; kill -TERM $pid; wait $pid; echo $? >&2`
    const { err } = await shell(`{ ${stopped}; } | { sleep 10; echo late >&2; }`).end()
    expect(err).toBe('0\nlate\n')
  })

  it('consume ends by SIGINT as asked', async () => {
    const topic = await topicWith()
    await quietly(`echo x | ${produceCommand(topic)}`)
    const consuming = odradek('consume', topic, '--from-beginning', '-g', `group-${topic}`, ...at())
    await consuming.printed(2)
    consuming.signal('SIGINT')
    expect(await consuming.ended()).toEqual({ code: 0, out: Buffer.from('x\n'), err: '' })
    const again = odradek('consume', topic, '-g', `group-${topic}`, '-e', ...at())
    expect((await again.end()).out.toString()).toBe('')
  })
})

test('typed lines are sent one by one, as they come', async () => {
  const topic = await topicWith()
  const producing = odradek('produce', topic, ...at())
  const consuming = odradek('consume', topic, '--from-beginning', '-c', '2', ...at())
  producing.write('first\n')
  await consuming.printed(6)
  producing.write('second\n')
  expect((await consuming.ended()).out.toString()).toBe('first\nsecond\n')
  expect((await producing.end()).code).toBe(0)
})

test('the examples of the README run', async () => {
  const readme = readFileSync(join(import.meta.dirname, '../../../README.md'), 'utf8')
  const section = readme.split('## Records on the command line')[1] ?? ''
  const lines = /```sh\n(.*?)```/s.exec(section)?.[1]?.trim().split('\n') ?? []
  expect(lines.length).toBeGreaterThan(3)
  await feeder.create('orders', 6)
  const printed: string[] = []
  for (const line of lines) {
    const command = line
      .replace(/ #.*/, '')
      .replaceAll(/node bin\/odradek.js (.+?)(?= \||$)/g, '$1')
    const ours = command.split(' | ').map((one) => `${shellCommand()} ${one} ${at().join(' ')}`)
    const run = line.startsWith('node ') ? ours.join(' | ') : line
    printed.push((await quietly(`cd ${folder}; ${run}`)).toString())
  }
  expect(printed.map((text) => text.split('\n').length - 1)).toEqual([0, 0, 2, 1, 2, 1, 0])
  expect((await linesOf('copy', '%k %s')).toSorted()).toEqual(['a 1', 'b 2'])
})

test('where no broker is, both say so', async () => {
  for (const name of ['produce', 'consume']) {
    const command = odradek(name, 'x', '-b', '127.0.0.1:1', ...(name === 'consume' ? ['-e'] : []))
    command.write('a\n')
    const { code, err } = await command.end()
    expect(code).toBe(1)
    expect(err).toMatch(/^odradek: .*127\.0\.0\.1:1.*nothing listens there/)
  }
})

describeUnless(obstacle, 'beside kcat', () => {
  let topic = ''
  beforeAll(async () => {
    topic = await topicWith()
    const producer = new Producer({ bootstrapServers: broker.address })
    const headers = [
      ['h1', 'v1'],
      ['h1', ''],
      ['nul', null],
    ] as const
    const bytes = Buffer.from([...Array(256).keys()])
    await producer.send([
      { topic, key: 'k1', value: 'v1' },
      { topic, key: '', value: '' },
      { topic, value: null, headers },
      { topic, key: bytes, value: bytes },
      { topic, key: 'é', value: '{"a": "\\"b\\u0001"}', headers: headers.slice(0, 1) },
    ])
    await producer.close()
  })

  /** What both print with these options. */
  function printed(...args: string[]): { ours: Promise<Buffer>; theirs: Buffer } {
    const kcat = ['-C', ...at(), '-t', topic, '-o', 'beginning', '-e', '-q', ...args]
    const { stdout: theirs } = spawnSync('kcat', kcat)
    return { ours: quietly(consumeCommand(topic, ...args)), theirs }
  }

  it.each([
    [[]],
    [['-K', ':']],
    [['-K', '\\t', '-D', '\\x1e\\n']],
    [['-c', '2']],
    [['-p', '0', '-c', '1']],
    [['-f', '%t|%p|%o|%T|%k|%K|%s|%S|%h|%%\\n']],
    [['-f', '%R%s']],
    [['-f', '\\x41\\t\\101\\q\\\\\\012\\0101%s']],
  ])('prints the same with %j', async (args) => {
    const { ours, theirs } = printed(...args)
    expect(theirs.length).toBeGreaterThan(0)
    expect((await ours).toString('latin1')).toBe(theirs.toString('latin1'))
  })

  it('begins at the same places', async () => {
    for (const offset of ['beginning', 'end', '2', '-2', '-100', 's@0', 's@99999999999999']) {
      const own = ['consume', topic, '-e', '-f', '%o ', '-o', offset, ...at()]
      const kcat = ['-C', ...at(), '-t', topic, '-e', '-q', '-f', '%o ', '-o', offset]
      const theirs = spawnSync('kcat', kcat).stdout.toString()
      expect([offset, (await odradek(...own).end()).out.toString()]).toEqual([offset, theirs])
    }
  })

  it('has its JSON, without what a consumer is not told, and with all bytes', async () => {
    const { ours, theirs } = printed('-J')
    const parsed = (text: Buffer) =>
      text
        .toString()
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as object)
    const mine = parsed(await ours)
    for (const [index, record] of parsed(theirs).entries()) {
      if (index === 3) continue
      const { tstype: _, broker: __, ...rest } = record as Record<string, unknown>
      expect(mine[index]).toEqual(rest)
      expect(Object.keys(mine[index] ?? {})).toEqual(Object.keys(rest))
    }
    const all = Buffer.from([...Array(256).keys()]).toString('base64')
    expect(mine[3]).toMatchObject({ key: { base64: all }, payload: { base64: all } })
  })

  it('takes lines as it does', async () => {
    const [own, theirs] = [await topicWith(), await topicWith()]
    const input = 'k1:v1\nnokey\n:emptykey\nk2:\nk3:a:b\nlast'
    const args = ['-K:', '-H', 'h1=v1', '-H', 'e=', '-H', 'nul']
    spawnSync('kcat', ['-P', ...at(), '-t', theirs, ...args], { input })
    const producing = odradek('produce', own, ...args, ...at())
    producing.write(input)
    expect((await producing.end()).code).toBe(0)
    const format = '%k|%K|%s|%S|%h'
    expect(await linesOf(own, format)).toEqual(await linesOf(theirs, format))
  })
})
