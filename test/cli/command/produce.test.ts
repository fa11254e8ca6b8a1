import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { type Input, produce } from '../../../src/cli/command/produce.ts'
import { capturedTerminal } from '../captured-terminal.ts'
import { RecordBroker } from './record-broker.ts'

const folder = mkdtempSync(join(tmpdir(), 'odradek-produce-'))
let broker: RecordBroker
let names = 0

beforeAll(async () => {
  broker = await RecordBroker.start({})
})
afterAll(async () => {
  await broker?.stop()
  rmSync(folder, { recursive: true })
})

/** A topic that no other test has. */
async function topicWith(partitions = 1): Promise<string> {
  const topic = `topic-${names++}`
  const { code } = await broker.run('topic', 'create', topic, '--partitions', String(partitions))
  expect(code).toBe(0)
  return topic
}

const fine = { code: 0, out: '', err: [] }
const shape = '%k|%K|%s|%S|%h'

describe('lines of stdin', () => {
  it.each([
    ['whole lines', ['a\nb\n'], {}, ['|-1|a|1|', '|-1|b|1|']],
    ['a last one without an end', ['a\nb'], {}, ['|-1|a|1|', '|-1|b|1|']],
    ['one cut by chunks', ['a', 'b', 'c\n'], {}, ['|-1|abc|3|']],
    ['an empty one', ['\n'], {}, ['|-1||0|']],
    ['none', [], {}, []],
    ['keys', ['k:v\nno\n:e\n'], { keySeparator: ':' }, ['k|1|v|1|', '|-1|no|2|', '|0|e|1|']],
    ['tabs', ['k\tv\n'], { keySeparator: '\\t' }, ['k|1|v|1|']],
    ['a key for all', ['k:v\nno\n'], { keySeparator: ':', key: 'f' }, ['k|1|v|1|', 'f|1|no|2|']],
    ['nulls', ['k:-\n-\n'], { keySeparator: ':', nullValue: '-' }, ['k|1||-1|', '|-1||-1|']],
    ['delimiters', ['a\0b\0'], { delimiter: '\\0' }, ['|-1|a|1|', '|-1|b|1|']],
    [
      'headers',
      ['v\n'],
      {
        header: [
          ['h', '1'],
          ['h', null],
        ] as const,
      },
      ['|-1|v|1|h=1,h=NULL'],
    ],
  ])('%s', async (_, chunks, options, records) => {
    const topic = await topicWith()
    expect(await broker.produce(topic, chunks, options)).toEqual(fine)
    expect(await broker.all(topic, shape)).toEqual(records)
  })

  it('keeps bytes that are no text', async () => {
    const topic = await topicWith()
    const line = Buffer.from([...Array(256).keys()].filter((byte) => byte !== 10))
    await broker.produce(topic, [line])
    expect(await broker.all(topic)).toEqual([line.toString('latin1')])
  })

  it('sends to one partition, and with any codec and acks', async () => {
    const topic = await topicWith(3)
    for (const [at, acks] of (['all', 1, 0] as const).entries()) {
      expect(await broker.produce(topic, [`${acks}\n`], { acks, partition: at })).toEqual(fine)
    }
    for (const compression of ['gzip', 'snappy', 'lz4', 'zstd'] as const) {
      await broker.produce(topic, [`${compression}\n`], { compression, partition: 1 })
    }
    expect((await broker.all(topic, '%p %s')).toSorted()).toEqual([
      ...['0 all', '1 1', '1 gzip', '1 lz4', '1 snappy', '1 zstd', '2 0'],
    ])
  })
})

test('files are read one after the other, and none is joined with the next', async () => {
  const topic = await topicWith()
  const files = ['a\nb', 'c\n'].map((text, at) => {
    const file = join(folder, `file-${at}`)
    writeFileSync(file, text)
    return file
  })
  expect(await broker.run('produce', topic, ...files)).toEqual(fine)
  expect(await broker.all(topic)).toEqual(['a', 'b', 'c'])
})

test('on a terminal the sum is shown, unless --quiet', async () => {
  const topic = await topicWith()
  const shown = async (options: { quiet?: boolean }) => {
    const written: string[] = []
    const errStream = { write: (text: string) => written.push(text) > 0 } as never
    const file = join(folder, 'shown')
    writeFileSync(file, 'a\nb\nc')
    const all = { bootstrapServer: [broker.server], ...options }
    expect(await produce(topic, [file], all, { ...capturedTerminal(), errStream })).toBe(0)
    return written.join('')
  }
  expect(await shown({})).toMatch(/3 records, 3 bytes, [\d,]+ records\/s\n$/)
  expect(await shown({ quiet: true })).toBe('')
})

test('more than the producer holds at a time is waited for', async () => {
  const topic = await topicWith()
  const line = `${'x'.repeat(999)}\n`
  const options = { commandProperty: { 'buffer.memory': '100000', 'batch.size': '16384' } }
  expect(await broker.produce(topic, Array(100).fill(line.repeat(20)), options)).toEqual(fine)
  expect((await broker.all(topic)).length).toBe(2_000)
})

describe('what fails', () => {
  it('a file that is not there', async () => {
    const topic = await topicWith()
    expect(await broker.run('produce', topic, '/nonexistent')).toEqual({
      code: 1,
      out: '',
      err: ['odradek: Cannot read /nonexistent: it does not exist.'],
    })
  })

  it('a partition that is not there ends it, at once', async () => {
    const topic = await topicWith()
    const outcome = await broker.produce(topic, ['a\nb\n'], { partition: 7 })
    expect(outcome.code).toBe(1)
    expect(outcome.err[0]).toMatch(/^odradek: .*Cannot send to partition 7 of topic-\d+: it has/)
    expect(outcome.err.at(-1)).toMatch(/ not stored; 0 were\.$/)
  })

  it('a record that is too large is told with its line, and ends it', async () => {
    const topic = await topicWith()
    const large = 'x'.repeat(2_000_000)
    const outcome = await broker.produce(topic, [`a\n${large}\nb\n`])
    expect(outcome.code).toBe(1)
    expect(outcome.err).toEqual([
      expect.stringMatching(/^odradek: Line 2 of stdin was not sent: A record .* takes .* bytes/),
      'odradek: 1 record was not stored; 1 was.',
    ])
    expect(await broker.all(topic)).toEqual(['a'])
  })

  it('input without a delimiter does not fill the memory', async () => {
    const topic = await topicWith()
    const endless = Buffer.alloc(256 * 1024 * 1024 + 1)
    const { code, err } = await broker.produce(topic, ['a\n', endless, 'b\n'])
    expect([code, err]).toEqual([
      1,
      [
        'odradek: Line 2 of stdin was not sent: it is longer than 268435456 bytes; ' +
          '--delimiter parts records.',
        'odradek: 1 record was not stored; 1 was.',
      ],
    ])
  })

  it('with --keep-going the others are sent', async () => {
    const topic = await topicWith()
    const lines = 'a\n{"payload":"b"}\n{"payload":"c"}\n[]\n{"payload":"d"}'
    const options = { json: true, keepGoing: true }
    expect(await broker.produce(topic, [lines], options)).toEqual({
      code: 1,
      out: '',
      err: [
        'odradek: Line 1 of stdin was not sent: it is not JSON.',
        'odradek: Line 4 of stdin was not sent: it is not a JSON object.',
        'odradek: 2 records were not stored; 3 were.',
      ],
    })
    expect(await broker.all(topic)).toEqual(['b', 'c', 'd'])
  })

  it('records that the broker refuses end it although nothing more comes', async () => {
    const topic = await topicWith()
    await broker.run('topic', 'delete', topic)
    const never = new Promise<void>(() => {})
    let destroyed = (): void => {}
    const end = new Promise<void>((resolve) => {
      destroyed = resolve
    })
    async function* chunks() {
      yield Buffer.from('a\n')
      await Promise.race([never, end])
    }
    const stdin = (): Input => Object.assign(chunks(), { destroy: () => destroyed() })
    const options = { bootstrapServer: [broker.server], partition: 9 }
    const terminal = capturedTerminal()
    // The topic is made anew by the broker, with one partition.
    expect(await produce(topic, [], options, terminal, stdin)).toBe(1)
    expect(terminal.stderr[0]).toContain('Cannot send to partition 9')
  })
})

describe('JSON', () => {
  it('says key, value, headers, time and partition', async () => {
    const topic = await topicWith(3)
    const lines = [
      '{"payload":"v","key":"k","partition":2,"ts":1700000000000,"headers":["a","1"]}',
      '{"payload":{"base64":"AAE="},"partition":2,"ts":5}',
    ]
    expect(await broker.produce(topic, [lines.join('\n')], { json: true })).toEqual(fine)
    expect(await broker.all(topic, '%p %T %k %s %h')).toEqual([
      '2 1700000000000 k v a=1',
      '2 5  \0\x01 ',
    ])
  })

  it('gets headers and a partition beside its own', async () => {
    const topic = await topicWith(2)
    const lines = '{"payload":"v","headers":["a","1"]}\n{"payload":"w","partition":0}'
    const options = { json: true, partition: 1, header: [['b', '2']] as const }
    expect(await broker.produce(topic, [lines], options)).toEqual(fine)
    expect(await broker.all(topic, '%p %s %h')).toEqual(['1 v a=1,b=2', '1 w b=2'])
  })

  it('leaves the partition to the key with --repartition', async () => {
    const topic = await topicWith(1)
    const options = { json: true, repartition: true }
    expect(await broker.produce(topic, ['{"payload":"v","partition":5}'], options)).toEqual(fine)
    expect(await broker.all(topic, '%p %s')).toEqual(['0 v'])
  })
})
