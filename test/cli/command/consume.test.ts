import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { consume } from '../../../src/cli/command/consume.ts'
import { capturedTerminal } from '../captured-terminal.ts'
import { RecordBroker } from './record-broker.ts'

let broker: RecordBroker

/** Partition 0 of `orders` holds 0 to 9 at the times 1000 to 1009, partition 1 holds 10 and 11. */
const line = (value: number, partition: number, ts = 1_000 + value): string =>
  JSON.stringify({ payload: String(value), key: 'k', partition, ts })

beforeAll(async () => {
  broker = await RecordBroker.start({ orders: 3, changing: 1 })
  const first = Array.from({ length: 10 }, (_, at) => line(at, 0))
  const second = [line(10, 1), line(11, 1)]
  const { code } = await broker.produce('orders', [[...first, ...second].join('\n')], {
    json: true,
  })
  expect(code).toBe(0)
})
afterAll(() => broker?.stop())

/** The numbers that a command prints, in order. */
async function numbers(...args: string[]): Promise<number[]> {
  const { code, out, err } = await broker.run('consume', 'orders', ...args)
  expect([code, err]).toEqual([0, []])
  return out
    .split('\n')
    .slice(0, -1)
    .map(Number)
    .toSorted((a, b) => a - b)
}

const upTo = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, at) => from + at)

describe('where it begins and ends', () => {
  it.each([
    [['--from-beginning', '-e'], upTo(0, 11)],
    [['-e'], []],
    [['-o', 'beginning', '-e'], upTo(0, 11)],
    [['-o', 'end', '-e'], []],
    [
      ['-o', '-2', '-e'],
      [8, 9, 10, 11],
    ],
    [
      ['-o', '8', '-e', '-p', '0'],
      [8, 9],
    ],
    [['-o', '100', '-e'], []],
    [
      ['-o', 's@1008', '-e'],
      [8, 9, 10, 11],
    ],
    [
      ['-o', 's@1008', '-o', 'e@1011'],
      [8, 9, 10],
    ],
    [
      ['--from-beginning', '-o', 'e@1002'],
      [0, 1],
    ],
    [
      ['-p', '1', '--from-beginning', '-e'],
      [10, 11],
    ],
    [
      ['-p', '2,1,1', '--from-beginning', '-e'],
      [10, 11],
    ],
    [
      ['-p', '0', '--from-beginning', '-c', '3'],
      [0, 1, 2],
    ],
    [['--from-beginning', '-c', '12'], upTo(0, 11)],
    [['--from-beginning', '-e', '-c', '100'], upTo(0, 11)],
  ])('%j', async (args, expected) => {
    expect(await numbers(...args)).toEqual(expected)
  })
})

describe('how it prints', () => {
  it.each([
    [['-c', '1'], '0\n'],
    [['-c', '1', '-K', '\\t'], 'k\t0\n'],
    [['-c', '2', '-D', '--'], '0--1--'],
    [['-c', '1', '-f', '%t/%p/%o/%T/%k/%s'], 'orders/0/0/1000/k/0'],
    [
      ['-c', '1', '-J'],
      '{"topic":"orders","partition":0,"offset":0,"ts":1000,"key":"k","payload":"0"}\n',
    ],
  ])('%j', async (args, text) => {
    const { out } = await broker.run('consume', 'orders', '-p', '0', '--from-beginning', ...args)
    expect(out).toBe(text)
  })
})

describe('a group', () => {
  const read = (...args: string[]) => numbers('-g', 'readers', '--from-beginning', ...args)

  it('goes on behind what it printed, to the record', async () => {
    const first = await read('-c', '5')
    expect(first.length).toBe(5)
    const rest = await read('-e')
    expect([...first, ...rest].toSorted((a, b) => a - b)).toEqual(upTo(0, 11))
    expect(await read('-e')).toEqual([])
  })
})

test('records that come later are printed as they come, until there are enough', async () => {
  const reading = numbersOf(broker.run('consume', 'changing', '-c', '3', '--from-beginning'))
  await broker.produce('changing', ['1\n2\n'])
  await broker.produce('changing', ['3\n4\n'])
  expect(await reading).toEqual([1, 2, 3])
  expect(await broker.all('changing')).toEqual(['1', '2', '3', '4'])
})

async function numbersOf(outcome: Promise<{ readonly out: string }>): Promise<number[]> {
  return (await outcome).out.split('\n').slice(0, -1).map(Number)
}

test('who reads no more ends it quietly', async () => {
  const terminal = capturedTerminal()
  let writes = 0
  const broken = {
    ...terminal,
    write: () => {
      writes++
      return Promise.reject(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
    },
  }
  const options = { bootstrapServer: [broker.server], fromBeginning: true }
  expect(await consume('orders', options, broken)).toBe(0)
  expect([writes, terminal.stderr]).toEqual([1, []])
})

test('on a terminal the sum is shown, unless --quiet, or records are shown there', async () => {
  const shown = async (options: { quiet?: boolean }, isOutTerminal: boolean) => {
    const written: string[] = []
    const errStream = { write: (text: string) => written.push(text) > 0 } as never
    const outStream = isOutTerminal ? errStream : undefined
    const terminal = { ...capturedTerminal(), errStream, outStream }
    const all = { bootstrapServer: [broker.server], fromBeginning: true, exitAtEnd: true }
    expect(await consume('orders', { ...all, ...options }, terminal)).toBe(0)
    return written.join('')
  }
  expect(await shown({}, false)).toMatch(/12 records, 26 bytes, [\d,]+ records\/s\n$/)
  expect(await shown({ quiet: true }, false)).toBe('')
  expect(await shown({}, true)).toBe('')
})

test('a signal ends it, as a failure where it was not done', async () => {
  for (const [args, code] of [
    [[], 0],
    [['-c', '100'], 130],
  ] as const) {
    const reading = broker.run('consume', 'orders', '--from-beginning', ...args)
    const timer = setInterval(() => {
      if (process.listenerCount('SIGINT') > 0) process.emit('SIGINT')
    }, 200)
    const outcome = await reading
    clearInterval(timer)
    expect(outcome).toMatchObject({ code, err: [] })
  }
})

describe('what fails', () => {
  it.each([
    [['nobody'], /^odradek: Cannot describe topic "nobody": .* \(UNKNOWN_TOPIC_OR_PARTITION\)\.$/],
    [['nobody', '-g', 'x', '-e'], /^odradek: Cannot describe topic "nobody"/],
    [['orders', '-p', '3'], /^odradek: Topic orders has no partition 3; it has 3\.$/],
    [['orders', '-f', '%x'], /^odradek: --format cannot be used: it has %x; there are %s/],
  ])('%j', async (args, sentence) => {
    const { code, out, err } = await broker.run('consume', ...args)
    expect({ code, out, lines: err.length }).toEqual({ code: 1, out: '', lines: 1 })
    expect(err[0]).toMatch(sentence)
  })

  it('tells what is gone of what was asked for', async () => {
    await broker.run('topic', 'create', 'short')
    await broker.produce('short', ['0\n1\n2\n'])
    const { Admin } = await import('../../../src/client/index.ts')
    const admin = new Admin({ bootstrapServers: broker.server })
    await admin.deleteRecords([{ topic: 'short', partition: 0, beforeOffset: 2 }])
    await admin.close()
    const { code, out, err } = await broker.run('consume', 'short', '-o', '1', '-e')
    expect({ code, out }).toEqual({ code: 0, out: '2\n' })
    expect(err).toEqual(['odradek: short-0 begins at offset 2 by now; what was before is gone.'])
  })
})
