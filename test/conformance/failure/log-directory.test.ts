/**
 * What breaks under a running broker: a disk that turns read-only, folders that somebody removes, a
 * full table of file descriptors. Each is told in a sentence, nobody is lied to, and a start after
 * it has all that was acknowledged and still is on the disk.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  type BrokerTarget,
  odradekTarget,
  type Settings,
  targetFromEnvironment,
} from '../broker-target.ts'
import { eventually } from '../eventually.ts'
import { RecordLedger } from '../record-ledger.ts'
import { useBroker, useDisk } from './fixture.ts'

type Args = Parameters<BrokerTarget['command']>

const storageError = 56
const isOurs = targetFromEnvironment().name === 'odradek'

async function start(settings: Settings = {}) {
  const broker = await useBroker({ settings: { 'log.dirs': 'data,second', ...settings } })
  const ledger = new RecordLedger(broker.port)
  expect(await ledger.createTopic('orders', 2)).toBe(0)
  return { broker, ledger, second: join(broker.folder, 'second') }
}

/** Produces to a partition until it is refused; the ledger has what was acknowledged. */
async function loadUntilRefused(ledger: RecordLedger, partition: number): Promise<void> {
  const { errorCode } = await ledger.fill('orders', partition, 1000, 100_000)
  expect(errorCode).toBe(storageError)
}

async function expectOffline(ledger: RecordLedger, partition: number): Promise<void> {
  const gone = { leaderId: -1, offlineReplicas: [1] }
  await eventually('the partition has no leader', async () => {
    return (await ledger.partitions('orders'))[partition]?.leaderId === -1
  })
  expect((await ledger.partitions('orders'))[partition]).toMatchObject(gone)
  expect(await ledger.produce('orders', partition)).toMatchObject({ errorCode: storageError })
  expect(await ledger.fetchError('orders', partition)).toBe(storageError)
}

function run(program: string, ...args: string[]): void {
  expect(spawnSync(program, args, { encoding: 'utf8' })).toMatchObject({ status: 0 })
}

const offlineLines = (log: string): string[] =>
  log.split('\n').filter((line) => line.includes(' is offline'))

describe.runIf(isOurs)('a file system that turns read-only under load', () => {
  test('takes its log directory offline, the other goes on', async (context) => {
    const disk = useDisk(context, 'ext4', 64)
    const { ledger, broker } = await start({ 'log.dirs': `data,${disk.path}/data` })
    for (let i = 0; i < 50; i++) await ledger.produce('orders', i % 2, 1000)
    const load = loadUntilRefused(ledger, 1)
    if (!disk.becomeReadOnly()) {
      await broker.kill()
      await load.catch(() => undefined)
      context.skip('ext4 takes no order to fail here')
    }
    await load
    await expectOffline(ledger, 1)
    expect(await ledger.produce('orders', 0)).toMatchObject({ errorCode: 0 })
    expect(offlineLines(broker.log)).toHaveLength(1)
    expect(broker.log).toMatch(/data is offline, and its partitions.*Read-only file system/)
    await broker.stop()
    disk.repair()
    await broker.start()
    expect(broker.log).toMatch(/The last stop of .*mounted\/data was not clean: .* in \d+ ms/)
    expect(await ledger.missing()).toEqual([])
    expect(await ledger.produce('orders', 1)).toMatchObject({ errorCode: 0 })
    await broker.stop()
  })

  test('with the metadata log stops the broker with a sentence', async (context) => {
    const disk = useDisk(context, 'ext4', 64)
    const { ledger, broker } = await start({ 'log.dirs': `${disk.path}/data` })
    for (let i = 0; i < 50; i++) await ledger.produce('orders', i % 2, 1000)
    if (!disk.becomeReadOnly()) context.skip('ext4 takes no order to fail here')
    // The last answer may be a connection that the broker closes.
    const refused = ledger.fill('orders', 0, 1000, 100_000).then(({ errorCode }) => errorCode)
    expect(String(await refused.catch(String))).toMatch(/^56$|hung up|ECONN|EPIPE/)
    await eventually('the broker stops', () => !broker.running)
    expect(broker.log).toMatch(/odradek: The broker stops: the log directory .* failed\.\n$/)
    disk.repair()
    await broker.start()
    expect(await ledger.missing()).toEqual([])
    await broker.stop()
  })
})

describe.runIf(isOurs)('a disk that cannot read any more', () => {
  test('takes its log directory offline at the first fetch, the other goes on', async (context) => {
    const disk = useDisk(context, 'ext4', 64)
    const { ledger, broker } = await start({ 'log.dirs': `data,${disk.path}/data` })
    for (let i = 0; i < 300; i++) await ledger.produce('orders', i % 2, 1000)
    const segment = join(disk.path, 'data', 'orders-1', '00000000000000000000.log')
    run('sync', '-f', disk.path)
    run('dd', `if=${segment}`, 'iflag=nocache', 'count=0') // out of the page cache
    disk.loseBlocks()
    expect(await ledger.fetchError('orders', 1)).toBe(storageError)
    await expectOffline(ledger, 1)
    expect(await ledger.fetchError('orders', 0)).toBe(0)
    expect(await ledger.produce('orders', 0)).toMatchObject({ errorCode: 0 })
    expect(offlineLines(broker.log)).toHaveLength(1)
    expect(broker.log).toMatch(/is offline.*a read failed: read .*orders-1.*Input\/output error/)
    await broker.stop()
  })
})

describe.runIf(isOurs)('a directory that is removed underneath', () => {
  test('a partition folder: the others go on, and what is there is there after', async () => {
    const { ledger, broker, second } = await start({ 'log.segment.bytes': '1048576' })
    for (let i = 0; i < 100; i++) await ledger.produce('orders', i % 2, 1000)
    rmSync(join(second, 'orders-1'), { recursive: true })
    // Open files take what they take; the next segment cannot be made.
    await loadUntilRefused(ledger, 1)
    await expectOffline(ledger, 1)
    expect(await ledger.produce('orders', 0)).toMatchObject({ errorCode: 0 })
    expect(offlineLines(broker.log)).toHaveLength(1)
    await broker.stop()
    await broker.start()
    expect(broker.log).not.toMatch(/ at .*\.(ts|js):\d+/)
    expect(broker.log).toMatch(/orders-1 cannot be used: the journal of .* holds acknowledged/)
    expect(await ledger.produce('orders', 1)).toMatchObject({ errorCode: storageError })
    expect(await ledger.fetchError('orders', 1)).toBe(storageError)
    ledger.forget('orders', 1)
    expect(await ledger.produce('orders', 0)).toMatchObject({ errorCode: 0 })
    expect(await ledger.missing()).toEqual([])
    await broker.stop()
  })

  test('a whole log directory: a restart with the disk back has everything', async () => {
    const { ledger, broker, second } = await start({ 'log.segment.bytes': '1048576' })
    for (let i = 0; i < 100; i++) await ledger.produce('orders', i % 2, 1000)
    renameSync(second, `${second}-unplugged`)
    await loadUntilRefused(ledger, 1)
    await expectOffline(ledger, 1)
    expect(await ledger.produce('orders', 0)).toMatchObject({ errorCode: 0 })
    await broker.stop()
    expect(existsSync(second)).toBe(false)
    renameSync(`${second}-unplugged`, second)
    await broker.start()
    expect(await ledger.missing()).toEqual([])
    expect(await ledger.produce('orders', 1)).toMatchObject({ errorCode: 0 })
    await broker.stop()
  })

  test('a whole log directory for good: its partitions stay offline, none made anew', async () => {
    const { ledger, broker, second } = await start()
    for (let i = 0; i < 100; i++) await ledger.produce('orders', i % 2, 1000)
    await broker.stop()
    rmSync(second, { recursive: true })
    await broker.start()
    expect(broker.log).toMatch(/The partition orders-1 cannot be used: its log directory is not/)
    expect((await ledger.partitions('orders')).map(({ leaderId }) => leaderId)).toEqual([1, -1])
    expect(readdirSync(second)).not.toContain('orders-1')
    await broker.stop()
  })
})

describe.runIf(isOurs)('a full table of file descriptors', () => {
  test('at the start refuses it with a sentence, and loses nothing', async () => {
    let limited: readonly string[] = []
    const command = (...args: Args) => [...limited, ...odradekTarget.command(...args)]
    const broker = await useBroker({ target: { ...odradekTarget, command } })
    const ledger = new RecordLedger(broker.port)
    expect(await ledger.createTopic('orders', 50)).toBe(0)
    for (let i = 0; i < 50; i++) await ledger.produce('orders', i)
    await broker.kill()
    limited = ['sh', '-c', 'ulimit -n 100; exec "$@"', '-']
    await expect(broker.start()).rejects.toThrow(
      /odradek: This broker may have 100 files open and needs at least 128/,
    )
    limited = []
    await broker.start()
    expect(await ledger.missing()).toEqual([])
    await broker.stop()
  })

  const limit = (pid: number, files: number): void => {
    const { status } = spawnSync('prlimit', [`--pid=${pid}`, `--nofile=${files}:`])
    expect(status).toBe(0)
  }

  /** Waits until the broker has loaded what it loads after its first answer. */
  async function settles(pid: number): Promise<void> {
    let [open, unchanged] = ['', 0]
    await eventually('no file is opened or closed any more', () => {
      const now = readdirSync(`/proc/${pid}/fd`).join()
      unchanged = now === open ? unchanged + 1 : 0
      open = now
      return unchanged === 25
    })
  }

  test('refuses what needs one with a sentence, and passes', async () => {
    const { ledger, broker } = await start({ 'log.segment.bytes': '1048576' })
    for (let i = 0; i < 100; i++) await ledger.produce('orders', i % 2, 1000)
    await settles(broker.pid)
    // What is open stays open; whatever is closed, nothing can be opened any more.
    limit(broker.pid, 1)
    const refused = await ledger.fill('orders', 0, 100_000, 100)
    expect(refused).toMatchObject({ errorCode: storageError })
    expect(refused.errorMessage).toMatch(/Too many open files/)
    limit(broker.pid, 10_000)
    expect(await ledger.fill('orders', 0, 100_000, 30)).toMatchObject({ errorCode: 0 })
    expect(await ledger.missing()).toEqual([])
    expect(offlineLines(broker.log)).toEqual([])
    await broker.stop()
    await broker.start()
    expect(await ledger.missing()).toEqual([])
    await broker.stop()
  })

  test('refuses a batch that needs the worker so too, and then opens it', async () => {
    const { ledger, broker } = await start()
    const configs = { 'compression.type': 'gzip' }
    expect(await ledger.createTopic('packed', 1, configs)).toBe(0)
    expect(await ledger.produce('orders', 0)).toMatchObject({ errorCode: 0 })
    await settles(broker.pid)
    limit(broker.pid, 1)
    const refused = await ledger.produce('packed', 0)
    expect(refused).toMatchObject({ errorCode: storageError })
    expect(refused.errorMessage).toMatch(/a compressed batch cannot be opened: .*EMFILE/)
    limit(broker.pid, 10_000)
    expect(await ledger.produce('packed', 0)).toMatchObject({ errorCode: 0 })
    await broker.stop()
  })
})

describe.runIf(isOurs)('a segment that is damaged where it was on the disk', () => {
  test('takes its partition alone out of service, until it is whole again', async () => {
    const { ledger, broker } = await start({ 'log.segment.bytes': '1048576' })
    for (const partition of [0, 1]) await ledger.fill('orders', partition, 100_000, 30)
    expect(await ledger.createTopic('others', 4)).toBe(0)
    for (let i = 0; i < 20; i++) await ledger.produce('others', i % 4)
    await broker.stop()
    const folder = join(broker.folder, 'data', 'orders-0')
    const name = readdirSync(folder).find((one) => /^0*[1-9]\d*\.log$/.test(one)) ?? ''
    const segment = join(folder, name)
    const whole = readFileSync(segment)
    writeFileSync(segment, Buffer.concat([whole.subarray(0, 1000), Buffer.alloc(5000, 0xff)]))
    // Only a start after an unclean stop, or without indexes, looks into it.
    for (const one of readdirSync(folder)) if (one.endsWith('index')) rmSync(join(folder, one))
    await broker.start()
    expect(broker.log).toMatch(/The partition orders-0 cannot be used: .*\.log is damaged/)
    expect(await ledger.produce('orders', 0)).toMatchObject({ errorCode: storageError })
    expect(await ledger.fetchError('orders', 0)).toBe(storageError)
    expect(await ledger.produce('orders', 1)).toMatchObject({ errorCode: 0 })
    expect(await ledger.produce('others', 0)).toMatchObject({ errorCode: 0 })
    await broker.stop()
    writeFileSync(segment, whole)
    await broker.start()
    expect(await ledger.produce('orders', 0)).toMatchObject({ errorCode: 0 })
    expect(await ledger.missing()).toEqual([])
    await broker.stop()
  })
})
