/** The script that fetches Kafka's jars, with a Maven of the test in the place of the real one. */
import { execFile } from 'node:child_process'
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, it } from 'vitest'

const run = promisify(execFile)
const script = join(import.meta.dirname, 'setup.sh')
const jar = 'kafka-tools-4.3.1.jar'

let folder: string
let home: string
const calls = (): string[] => readFileSync(join(folder, 'calls'), 'utf8').split('\n').slice(0, -1)

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'odradek-set-up-'))
  home = join(folder, 'cache', 'odradek', 'kafka-4.3.1')
  mkdirSync(join(folder, 'bin'))
  appendFileSync(join(folder, 'calls'), '')
  tool('java', 'exit 0')
  maven(`echo broker >"$out/kafka_2.13-4.3.1.jar"; echo tools >"$out/${jar}"`)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function tool(name: string, body: string): void {
  writeFileSync(join(folder, 'bin', name), `#!/bin/sh\n${body}\n`, { mode: 0o755 })
}

/** A Maven that takes a while; `body` finds in `$out` where the jars are to go. */
function maven(body: string): void {
  const read = 'for one; do case $one in -DoutputDirectory=*) out="$one";; esac; done'
  const folderOf = 'out="$(echo "$out" | cut -d = -f 2)"; mkdir -p "$out"'
  tool('mvn', `echo call >>"${folder}/calls"; ${read}; ${folderOf}; sleep 0.5; ${body}`)
}

async function setUp(
  more: NodeJS.ProcessEnv = {},
): Promise<{ readonly line: string; readonly isThere: boolean }> {
  const { KAFKA_HOME: _, CONFORMANCE_KAFKA_VERSION: __, ...inherited } = process.env
  const env = {
    ...inherited,
    PATH: `${join(folder, 'bin')}:/usr/bin:/bin`,
    XDG_CACHE_HOME: join(folder, 'cache'),
    ...more,
  }
  try {
    const { stdout } = await run(script, { env })
    return { line: stdout.trim(), isThere: true }
  } catch (error) {
    return { line: (error as { stdout: string }).stdout.trim(), isThere: false }
  }
}

it('fetches once for all who ask at once, and for those who ask later', async () => {
  const answers = await Promise.all([setUp(), setUp(), setUp()])
  for (const answer of [...answers, await setUp()]) {
    expect(answer).toEqual({ line: home, isThere: true })
  }
  expect(calls()).toHaveLength(1)
  expect(readdirSync(home).sort()).toEqual([jar, 'kafka_2.13-4.3.1.jar'])
})

it('says why it could not, does not try again at once, and does later', async () => {
  maven('echo "[ERROR] Unknown host repo.maven.apache.org"; exit 1')
  const words = 'could not be fetched with mvn: Unknown host repo.maven.apache.org'
  for (let i = 0; i < 2; i++) {
    const { line, isThere } = await setUp()
    expect(isThere).toBe(false)
    expect(line).toBe(`the jars of Apache Kafka 4.3.1 ${words}`)
  }
  expect(calls()).toHaveLength(1)
  const earlier = Date.now() / 1000 - 3600
  utimesSync(`${home}.failed`, earlier, earlier)
  maven(`echo tools >"$out/${jar}"; echo broker >"$out/kafka_2.13-4.3.1.jar"`)
  expect(await setUp()).toEqual({ line: home, isThere: true })
  expect(calls()).toHaveLength(2)
})

it('leaves jars that were there before as they are', async () => {
  mkdirSync(home, { recursive: true })
  writeFileSync(join(home, jar), 'mine')
  expect(await setUp()).toEqual({ line: home, isThere: true })
  expect(calls()).toEqual([])
  expect(readFileSync(join(home, jar), 'utf8')).toBe('mine')
})

it('fetches another version, beside the usual one', async () => {
  const other = join(folder, 'cache', 'odradek', 'kafka-3.5.2')
  maven(`echo tools >"$out/kafka-tools-3.5.2.jar"`)
  expect(await setUp({ CONFORMANCE_KAFKA_VERSION: '3.5.2' })).toEqual({
    line: other,
    isThere: true,
  })
  expect(readdirSync(other)).toEqual(['kafka-tools-3.5.2.jar'])
})
