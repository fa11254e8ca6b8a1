import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { runCommandLine } from '../../src/cli/program.ts'
import { capturedTerminal } from './captured-terminal.ts'

async function run(...args: string[]) {
  const terminal = capturedTerminal()
  const code = await runCommandLine(args, terminal)
  return { code, out: terminal.stdout.join('\n'), err: terminal.stderr.join('\n') }
}

test('--version is that of the package', async () => {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  const { version } = JSON.parse(manifest) as { version: string }
  expect(await run('--version')).toEqual({ code: 0, out: version, err: '' })
})

const commands = [
  ...[[], ['start'], ['topic'], ['topic', 'create'], ['topic', 'list'], ['topic', 'describe']],
  ...[['topic', 'delete'], ['log'], ['log', 'dump'], ['produce'], ['consume']],
  ...[['group'], ['group', 'list']],
  ...[
    ['topic', 'alter'],
    ['config'],
    ['config', 'describe'],
    ['config', 'alter'],
    ['records'],
    ['records', 'delete'],
    ['perf'],
    ['perf', 'produce'],
    ['perf', 'consume'],
    ['perf', 'latency'],
    ['bench'],
    ['group', 'describe'],
    ['group', 'delete'],
    ['group', 'reset-offsets'],
  ],
]

test.each(commands.map((command) => [[...command, '--help']]))(
  'help for %j goes to stdout and is a success',
  async (args) => {
    const { code, out, err } = await run(...args)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain(['Usage: odradek', ...args.slice(0, -1)].join(' '))
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  },
)

test.each([
  [['help'], ['--help']],
  [
    ['help', 'start'],
    ['start', '--help'],
  ],
  [
    ['topic', 'help', 'create'],
    ['topic', 'create', '--help'],
  ],
])('%j says what %j says', async (asked, option) => {
  expect(await run(...asked)).toEqual(await run(...option))
})

const reset = ['group', 'reset-offsets', 'g']

test('without a command the help is the answer, and a mistake', async () => {
  const { code, out, err } = await run()
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err).toContain('Usage: odradek')
})

test.each([
  [['stat'], 'Did you mean start?'],
  [['topic', 'crate', 'x'], 'Did you mean create?'],
  [['start', '--lisen', 'a:1'], 'Did you mean --listen?'],
  [['topic', 'create'], "missing required argument 'name'"],
  [['topic', 'list', 'extra'], 'too many arguments'],
  [['start', '--http', 'nonsense'], 'It must have the form HOST:PORT,'],
  [['start', '--log-format', 'xml'], 'Allowed choices are text, json.'],
  [['start', '--listen', 'nonsense'], 'It must have the form HOST:PORT,'],
  [['start', '--listen', '127.0.0.1:65536'], 'with a port of 0 to 65535.'],
  [['bench', '--against', 'here'], 'It must have the form HOST:PORT'],
  [['bench', '--against', ':9092'], 'It must have the form HOST:PORT.'],
  [['bench', '--rounds', '0'], 'It must be a whole number of at least 1.'],
  [['bench', '--seconds', '0'], 'It must be a number of seconds'],
  [['bench', '--workload', 'a,,b'], 'It must be names with commas between.'],
  [['start', '--set', 'nonsense'], 'It must have the form NAME=VALUE.'],
  [['topic', 'create', 'x', '--partitions', '0'], 'a whole number of at least 1'],
  [['perf', 'produce'], "missing required argument 'topic'"],
  [['perf', 'produce', 't', '--acks', '2'], 'Allowed choices are 0, 1, all.'],
  [['perf', 'produce', 't', '--record-size', '0'], 'a whole number of at least 1'],
  [['perf', 'produce', 't', '--producer-props', 'a'], 'It must have the form NAME=VALUE.'],
  [['perf', 'consume', 't', '--timeout', '0'], 'a whole number of ms, at least 1'],
  [['perf', 'latency', 't', '--acks', '0'], 'Allowed choices are 1, all.'],
  [['topic', 'alter', 't'], 'by --partitions, --config or --delete-config'],
  [['config', 'describe', 'cat'], 'Allowed choices are topic, broker,'],
  [['config', 'alter', 'topic', '--set', 'a=b'], 'name one, or say --default'],
  [['config', 'alter', 'topic', 't'], 'by --set, --delete, --append or --subtract'],
  [['config', 'alter', 'user', 'u', '--append', 'a=b'], 'are for lists'],
  [['config', 'describe', 'topic', 't', '--default'], 'a name or --default, not both'],
  [['config', 'describe', 'topic', '--default'], '--default is for broker, user, client-id, ip'],
  [['config', 'describe', 'ip', '--client-id', 'c'], '--client-id is for users'],
  [['records', 'delete', 't:x', '--before', '1'], 'TOPIC or TOPIC:0,1,2.'],
  [['records', 'delete', 't', '--before', 'now'], 'a whole number of at least 0'],
  [['group', 'describe'], 'name groups, or say --all-groups'],
  [['group', 'delete', 'g', '--all-groups'], 'not both'],
  [['group', 'delete', 'g', 'h', 'g'], "group 'g' is named twice"],
  [['group', 'describe', 'g', '--members', '--state'], 'cannot be used with'],
  [['group', 'describe', 'g', '--watch', '0'], 'from 0.1 to 86400'],
  [['group', 'list', '--state', 'a,,b'], 'names with commas between'],
  [[...reset, '--all-topics'], 'say where to go on, by one of --to-earliest, --to-latest'],
  [[...reset, '--to-latest', '--shift-by', '1'], '--to-latest and --shift-by cannot be used'],
  [[...reset, '--to-latest'], 'name topics by --topic, or say --all-topics'],
  [[...reset, '--from-file', 'f', '--all-topics'], '--from-file cannot be used together'],
  [[...reset, '--topic', 't:a', '--to-latest'], 'TOPIC or TOPIC:0,1,2.'],
  [[...reset, '--to-offset', '-1'], 'a whole number of at least 0'],
  [[...reset, '--shift-by', '1.5'], 'a negative one goes back'],
  [[...reset, '--to-datetime', 'now'], 'YYYY-MM-DDThh:mm:ss.sss'],
  [[...reset, '--by-duration', '1h'], 'PnDTnHnMnS'],
  [[...reset, '--all-topics', '--to-latest', '--dry-run', '--execute'], 'cannot be used with'],
  [['log', 'dump'], "missing required argument 'file'"],
])('%j is a mistake of the command line: exit code 2', async (args, sentence) => {
  const { code, out, err } = await run(...args)
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err).toContain(sentence)
})

test('a command that fails says why in one sentence: exit code 1', async () => {
  const { code, out, err } = await run('topic', 'list', '--broker', '127.0.0.1:1')
  expect({ code, out }).toEqual({ code: 1, out: '' })
  expect(err).toBe(
    'odradek: Cannot connect to 127.0.0.1:1: nothing listens there (connection refused).',
  )
})

test('a config file that is not there', async () => {
  const { code, err } = await run('start', '--config', '/nonexistent/server.properties')
  expect(code).toBe(1)
  expect(err).toBe(
    'odradek: Cannot read the config file /nonexistent/server.properties: it does not exist.',
  )
})

test('a config file that is a directory', async () => {
  const { code, err } = await run('start', '--config', import.meta.dirname)
  expect(code).toBe(1)
  expect(err).toBe(
    `odradek: Cannot read the config file ${import.meta.dirname}: it is a directory, not a file.`,
  )
})

test('an unknown config by --set that is near none', async () => {
  const { code, err } = await run('start', '--set', 'zzz=1')
  expect(code).toBe(1)
  expect(err).toBe("odradek: unknown config 'zzz', a name that no Kafka broker knows.")
})

test('an unknown config by --set is refused with a suggestion', async () => {
  const { code, err } = await run('start', '--set', 'num.partition=1')
  expect(code).toBe(1)
  expect(err).toBe("odradek: unknown config 'num.partition'; did you mean 'num.partitions'?")
})
