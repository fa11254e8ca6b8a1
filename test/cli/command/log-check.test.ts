/** `log verify`, `log repair` and `log recover` on directories that nobody uses. */
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runCommandLine } from '../../../src/cli/program.ts'
import { openNativeLogStore } from '../../../src/storage/native-log-store.ts'
import { batchBytes, RestingDirectory, segmentAt } from '../../storage/resting-directory.ts'
import { capturedTerminal } from '../captured-terminal.ts'

let directory: RestingDirectory
beforeEach(async () => {
  directory = await RestingDirectory.create()
})
afterEach(() => directory.dispose())

async function log(...args: string[]) {
  const terminal = capturedTerminal()
  const code = await runCommandLine(['log', ...args], terminal)
  return { code, out: terminal.stdout, err: terminal.stderr }
}

async function unclean(): Promise<void> {
  directory.dispose()
  directory = await RestingDirectory.create('unclean')
}

describe('log verify', () => {
  test('of a whole directory: one line, and nothing changes', async () => {
    const tree = directory.tree()
    const { code, out, err } = await log('verify', directory.path)
    expect(code).toBe(0)
    expect(err).toEqual([])
    expect(out).toHaveLength(1)
    expect(out[0]).toMatch(
      /data is whole: 2 of 2 partitions without a fault, 60 whole batches \(.* in .* s, .*\/s\)\.$/,
    )
    expect(directory.tree()).toEqual(tree)
  })

  test('names each damaged thing, what is whole, and the way out', async () => {
    directory.flip(segmentAt(10), batchBytes * 3 + 65)
    directory.flip(segmentAt(10, '.timeindex', 1), 3)
    rmSync(join(directory.path, segmentAt(0, '.index', 1)))
    const tree = directory.tree()
    const { code, out } = await log('verify', directory.path)
    expect(code).toBe(1)
    const bytes = `bytes ${batchBytes * 3} to ${batchBytes * 4 - 1}`
    expect(out).toContain(
      `${segmentAt(10)}: damaged, ${bytes}, offset 13: the checksum does not match`,
    )
    expect(out).toContain(`${segmentAt(0, '.index', 1)}: missing: the file is missing`)
    expect(out.join('\n')).toContain(
      `${segmentAt(10, '.timeindex', 1)}: damaged, bytes 0 to 11, from offset 19 on: entry 0`,
    )
    expect(out).toContain(
      'orders-0: 29 batches of offsets 0 to 29 are whole but for the above. ' +
        '"odradek log repair --truncate" would end it at offset 13.',
    )
    expect(out.at(-1)).toMatch(/is damaged \(3 faults\): 0 of 2 partitions without a fault/)
    expect(directory.tree()).toEqual(tree)
  })

  test('--json says all of it in one object', async () => {
    directory.flip(segmentAt(10), batchBytes * 3 + 65)
    const { code, out } = await log('verify', '--json', directory.path)
    expect(code).toBe(1)
    expect(out).toHaveLength(1)
    const report = JSON.parse(out[0] ?? '') as Record<string, unknown>
    expect(report).toMatchObject({
      directory: directory.path,
      whole: false,
      clean: true,
      faults: 1,
      partitions: 2,
      batches: 59,
      findings: [{ kind: 'damaged', file: segmentAt(10), firstOffset: 13, nextOffset: 14 }],
      damagedPartitions: [{ folder: 'orders-0', batches: 29, logStart: 0, logEnd: 30 }],
    })
    expect(report['gigabytesPerSecond']).toBeGreaterThan(0)
  })

  test('an unclean directory is whole, and what sees to it is named', async () => {
    await unclean()
    const tree = directory.tree()
    const { code, out } = await log('verify', directory.path)
    expect(code).toBe(0)
    expect(out[0]).toContain('is whole')
    expect(out[1]).toMatch(/The last stop was not clean\. The journal holds \d+ entr.*log recover/)
    expect(directory.tree()).toEqual(tree)
  })

  test('exit code 2 where it could not look', async () => {
    const nowhere = await log('verify', `${directory.path}-no`)
    expect(nowhere).toMatchObject({ code: 2, out: [] })
    expect(nowhere.err.join()).toContain('there is no directory')
    expect(existsSync(`${directory.path}-no`)).toBe(false)
    const other = await log('verify', directory.folder)
    expect(other.code).toBe(2)
    expect(other.err.join()).toContain('is no log directory')
    const store = await openNativeLogStore(directory.path)
    const used = await log('verify', directory.path)
    await store.close()
    expect(used).toMatchObject({ code: 2, out: [] })
    expect(used.err.join()).toContain('is in use by a broker or another process')
  })
})

describe('log repair', () => {
  test('says first what it would cut, and changes nothing', async () => {
    directory.flip(segmentAt(10), batchBytes * 3 + 65)
    const tree = directory.tree()
    const { code, out } = await log('repair', '--truncate', directory.path)
    expect(code).toBe(1)
    expect(out).toContain(
      'orders-0: cut from offset 13 on: offsets up to 29 are lost, ' +
        `16 whole batches among them, ${batchBytes * 17} bytes in all.`,
    )
    expect(out.at(-1)).toBe('Nothing was changed. Add --yes to do it.')
    expect(directory.tree()).toEqual(tree)
  })

  test('does it with --yes, and what is left is whole', async () => {
    directory.flip(segmentAt(10), batchBytes * 3 + 65)
    directory.flip(segmentAt(10, '.timeindex', 1), 3)
    const { code, out, err } = await log('repair', '--truncate', '--yes', directory.path)
    expect(err).toEqual([])
    expect(code).toBe(0)
    expect(out.join('\n')).toMatch(/orders-0: ends at offset 13, .* kB cut, \d files? made anew\./)
    expect(out).toContain(`${segmentAt(10)}.cut-${batchBytes * 3}: kept.`)
    expect(out).toContain(`${segmentAt(20)}.cut: kept.`)
    expect(out.at(-1)).toBe(`${directory.path} is whole.`)
    expect((await log('verify', directory.path)).code).toBe(0)
  })

  test('keeps nothing with --discard', async () => {
    directory.flip(segmentAt(10), 70)
    expect((await log('repair', '--truncate', '--yes', '--discard', directory.path)).code).toBe(0)
    const names = readdirSync(join(directory.path, 'orders-0'))
    expect(names.filter((name) => /cut|damaged/.test(name))).toEqual([])
  })

  test('has nothing to do where nothing is damaged', async () => {
    const tree = directory.tree()
    const { code, out } = await log('repair', '--truncate', '--yes', directory.path)
    expect(code).toBe(0)
    expect(out).toEqual([`Nothing in ${directory.path} is damaged: there is nothing to repair.`])
    expect(directory.tree()).toEqual(tree)
  })

  test('says what it cannot know: whose folder it is', async () => {
    const file = join(directory.path, 'orders-0/partition.metadata')
    renameSync(file, join(directory.folder, 'away'))
    const { code, out, err } = await log('repair', '--truncate', '--yes', directory.path)
    expect(code).toBe(1)
    expect(out).toContain('orders-0/partition.metadata: missing: the file is missing')
    expect(err.join()).toContain('1 fault cannot be repaired; restore what it names from a copy')
  })

  test('asks for --truncate', async () => {
    const { code, err } = await log('repair', directory.path)
    expect(code).toBe(2)
    expect(err.join()).toContain("required option '--truncate' not specified")
  })
})

describe('log recover', () => {
  test('makes an unclean directory a clean one, in one line', async () => {
    await unclean()
    const { code, out, err } = await log('recover', directory.path)
    expect(err).toEqual([])
    expect(code).toBe(0)
    expect(out).toHaveLength(1)
    expect(out[0]).toMatch(/^Recovered .*data in .* s: replayed \d+ journal entr/)
    expect(out[0]).toMatch(/of 2 partitions, cut .*, rebuilt \d+ indexes\.$/)
    expect((await log('verify', '--json', directory.path)).out[0]).toContain('"clean":true')
  })

  test('leaves a clean one as it is', async () => {
    const tree = directory.tree()
    const { code, out } = await log('recover', directory.path)
    expect({ code, out }).toEqual({ code: 0, out: [`${directory.path} is clean: nothing to do.`] })
    expect(directory.tree()).toEqual(tree)
    const { out: json } = await log('recover', '--json', directory.path)
    expect(JSON.parse(json[0] ?? '')).toEqual({ directory: directory.path, recovered: false })
  })

  test('exit code 2 where it could not', async () => {
    const { code, err } = await log('recover', `${directory.path}-no`)
    expect(code).toBe(2)
    expect(err.join()).toContain('there is no directory')
  })
})
