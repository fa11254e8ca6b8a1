import { describe, expect, it, test, vi } from 'vitest'
import { runCommandLine } from '../../../src/cli/program.ts'
import { capturedTerminal } from '../captured-terminal.ts'

const calls: { name: string; args: unknown[] }[] = []
vi.mock('../../../src/cli/command/produce.ts', () => ({
  produce: (...args: unknown[]) => calls.push({ name: 'produce', args }) * 0,
}))
vi.mock('../../../src/cli/command/consume.ts', () => ({
  consume: (...args: unknown[]) => calls.push({ name: 'consume', args }) * 0,
}))

async function run(...args: string[]) {
  calls.length = 0
  const terminal = capturedTerminal()
  const code = await runCommandLine(args, terminal)
  return { code, err: terminal.stderr.join('\n'), args: calls[0]?.args.slice(0, -1) }
}

test.each(['produce', 'consume'])('%s --help fits on a terminal', async (name) => {
  const terminal = capturedTerminal()
  expect(await runCommandLine([name, '--help'], terminal)).toBe(0)
  for (const line of terminal.stdout) expect(line.length).toBeLessThanOrEqual(80)
})

describe('produce', () => {
  it.each([
    [['t'], 't', [], {}],
    [['t', 'a', 'b'], 't', ['a', 'b'], {}],
    [
      ['t', '-K:', '-D', String.raw`\0`, '-Z', '', '-k', 'key', '-q'],
      't',
      [],
      { keySeparator: ':', delimiter: String.raw`\0`, nullValue: '', key: 'key', quiet: true },
    ],
    [
      ['t', '-H', 'a=1', '-H', 'a=b=c', '-H', 'n', '-H', 'e='],
      't',
      [],
      {
        header: [
          ['a', '1'],
          ['a', 'b=c'],
          ['n', null],
          ['e', ''],
        ],
      },
    ],
    [
      ['-p', '3', '--acks', '-1', '-z', 'zstd', '--linger', '5', '--keep-going', 't'],
      't',
      [],
      { partition: 3, acks: 'all', compression: 'zstd', linger: 5, keepGoing: true },
    ],
    [['t', '--acks', '0'], 't', [], { acks: 0 }],
    [['t', '-J', '--repartition'], 't', [], { json: true, repartition: true }],
    [
      ['t', '-b', 'h:1', '-X', 'a=b'],
      't',
      [],
      { bootstrapServer: ['h:1'], commandProperty: { a: 'b' } },
    ],
  ])('%j', async (args, topic, files, options) => {
    expect(await run('produce', ...args)).toEqual({
      code: 0,
      err: '',
      args: [topic, files, options],
    })
  })

  it.each([
    [[], "missing required argument 'topic'"],
    [['t', '-p', '-1'], 'It must be a whole number of at least 0.'],
    [['t', '--acks', '2'], 'It must be all, 1 or 0.'],
    [['t', '-z', 'rar'], 'Allowed choices are none, gzip, snappy, lz4, zstd.'],
    [['t', '-D', ''], 'It must not be empty.'],
    [['t', '-J', '-K:'], '--json says it all: no key, separator or null value beside it'],
    [['t', '--json', '--key', 'k'], '--json says it all'],
    [['t', '--kye', 'k'], 'Did you mean --key?'],
  ])('%j is a mistake', async (args, sentence) => {
    const { code, err } = await run('produce', ...args)
    expect(code).toBe(2)
    expect(err).toContain(sentence)
  })
})

describe('consume', () => {
  it.each([
    [['t'], {}],
    [
      ['t', '--from-beginning', '-e', '-c', '5'],
      { fromBeginning: true, exitAtEnd: true, count: 5 },
    ],
    [['t', '-p', '1,2', '-p', '4'], { partition: [1, 2, 4] }],
    [['t', '-o', '-10'], { offset: [{ kind: 'tail', count: 10 }] }],
    [
      ['t', '-o', 's@5', '-o', 'e@6'],
      {
        offset: [
          { kind: 'from-time', timestamp: 5 },
          { kind: 'until-time', timestamp: 6 },
        ],
      },
    ],
    [['t', '-g', 'mail', '-f', '%s'], { group: 'mail', format: '%s' }],
    [
      ['t', '-J', '--isolation-level', 'read_committed'],
      { json: true, isolationLevel: 'read_committed' },
    ],
  ])('%j', async (args, options) => {
    expect(await run('consume', ...args)).toEqual({ code: 0, err: '', args: ['t', options] })
  })

  it.each([
    [['t', 'u'], 'too many arguments'],
    [['t', '-c', '0'], 'It must be a whole number of at least 1.'],
    [['t', '-p', '1,x'], 'It must be a whole number of at least 0.'],
    [['t', '-o', 'first'], 'It must be beginning, end, an offset, -N for the last N,'],
    [['t', '-g', 'x', '-p', '1'], '--group divides partitions and keeps places itself'],
    [['t', '-g', 'x', '-o', 'end'], '--group divides partitions and keeps places itself'],
    [['t', '-o', '1', '-o', '2'], '--offset says twice where to begin'],
    [['t', '-o', 'e@1', '-o', 'e@2'], 'or twice where to stop'],
    [['t', '-o', '1', '--from-beginning'], '--from-beginning and --offset contradict'],
    [['t', '-J', '-f', '%s'], '--json says it all: no format, separator or null value beside it'],
    [['t', '--isolation-level', 'none'], 'Allowed choices are read_uncommitted, read_committed.'],
  ])('%j is a mistake', async (args, sentence) => {
    const { code, err } = await run('consume', ...args)
    expect(code).toBe(2)
    expect(err).toContain(sentence)
  })
})
