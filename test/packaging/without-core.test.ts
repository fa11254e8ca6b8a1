/** The client where the native core cannot be loaded: a broker of the whole package beside it. */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { prebuildName } from '../../scripts/prebuild-name.mjs'
import { BrokerProcess } from '../conformance/broker-process.ts'
import { type BrokerTarget, odradekTarget } from '../conformance/broker-target.ts'
import { type Installation, install } from './installation.ts'
import { packTarball, type Tarball } from './tarball.ts'
import { ownNpm } from './toolchain.ts'

let tarball: Tarball
let installation: Installation
let broker: BrokerProcess

beforeAll(async () => {
  tarball = packTarball()
  installation = install(tarball, ownNpm(), process.env)
  const target: BrokerTarget = {
    ...odradekTarget,
    command: (folder, port, settings) => {
      const [program, , ...args] = odradekTarget.command(folder, port, settings)
      return [program ?? '', join(installation.package, 'bin', 'odradek.js'), ...args]
    },
  }
  broker = await BrokerProcess.start({ target })
})

afterAll(async () => {
  await broker?.dispose()
  installation?.remove()
  tarball?.remove()
})

/** What becomes of a copy's binaries, and what a broker says that needs one. */
const losses = [
  {
    name: 'missing',
    problem: 'missing',
    lose: (folder: string) => rmSync(join(folder, 'prebuilds'), { recursive: true }),
  },
  {
    name: 'for another machine',
    problem: 'unloadable',
    lose: (folder: string) =>
      writeFileSync(join(folder, 'prebuilds', prebuildName(), 'odradek.node'), 'no library'),
  },
]

describe.each(losses)('with a native core that is $name', ({ problem, lose }) => {
  let project: string

  beforeAll(() => {
    project = join(installation.project, problem)
    const folder = join(project, 'node_modules', 'odradek')
    mkdirSync(folder, { recursive: true })
    cpSync(installation.package, folder, { recursive: true })
    lose(folder)
  })

  function run(program: string): string {
    const line = ['--input-type=module', '-e', program, broker.address]
    const { stdout, stderr } = spawnSync(process.execPath, line, {
      cwd: project,
      encoding: 'utf8',
    })
    expect(stderr).toBe('')
    return stdout.trim()
  }

  it('a broker does not start, and says why', () => {
    const said = run(`
      import { Broker } from 'odradek/broker'
      const error = await Broker.start().catch((reason) => reason)
      console.log(error.code, error.problem)`)
    expect(said).toBe(`ERR_ODRADEK_NATIVE_MODULE ${problem}`)
  })

  it('a client produces and consumes, in batches that the native checksum would take', () => {
    // The records of each codec are one batch of more than 1 KiB; `checkCrcs` is on by default.
    const said = run(`
      import { Consumer, Producer } from 'odradek/client'
      const bootstrapServers = process.argv[1]
      const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd']
      const topic = 'without-core-${problem}'
      const sent = []
      for (const compressionType of codecs) {
        const producer = new Producer({ bootstrapServers, compressionType })
        const values = Array.from({ length: 100 }, (_, i) => compressionType + i + '.'.repeat(100))
        const records = values.map((value) => ({ topic, partition: 0, value }))
        await producer.send(records)
        sent.push(...values)
        await producer.close()
      }
      const consumer = new Consumer({ bootstrapServers, autoOffsetReset: 'earliest' })
      consumer.assign([{ topic, partition: 0 }])
      const got = []
      for await (const { value } of consumer) if (got.push(value.toString()) === sent.length) break
      await consumer.close()
      console.log(got.length, got.every((value, i) => value === sent[i]))
      const { sharedObjects } = process.report.getReport()
      console.log(sharedObjects.filter((path) => /odradek\\.node/.test(path)))`)
    expect(said).toBe('500 true\n[]')
  })
})
