/** What an operator's tools are told of a broker one of whose disks has failed. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseExposition, sampleValue } from '../../http/exposition-parser.ts'
import { eventually } from '../eventually.ts'
import { useBroker, useDisk } from '../failure/fixture.ts'
import { RecordLedger } from '../record-ledger.ts'
import { getPage, withHttp } from './with-http.ts'

test('a disk that fails makes it degraded, by its name, until a start without', async (context) => {
  const disk = useDisk(context, 'ext4', 64)
  const failing = join(disk.path, 'data')
  const broker = await useBroker({ target: withHttp, settings: { 'log.dirs': `data,${failing}` } })
  const health = async () => {
    const response = await getPage(broker, '/health')
    return { status: response.status, answer: await response.json() }
  }
  const offline = async (logdirectory: string) => {
    const families = parseExposition(await (await getPage(broker, '/metrics')).text())
    const labels = { logdirectory }
    return sampleValue(families, 'kafka_log_logmanager_logdirectoryoffline', labels)
  }
  const well = { status: 200, answer: { status: 'ok' } }
  expect(await health()).toEqual(well)
  expect(await offline(failing)).toBe(0)
  const ledger = new RecordLedger(broker.port)
  expect(await ledger.createTopic('orders', 2)).toBe(0)
  for (let i = 0; i < 20; i++) await ledger.produce('orders', i % 2, 1000)
  if (!disk.becomeReadOnly()) context.skip('ext4 takes no order to fail here')
  expect(await ledger.fill('orders', 1, 1000, 100_000)).toMatchObject({ errorCode: 56 })
  await eventually('it is degraded', async () => (await health()).status === 503)
  expect(await health()).toEqual({
    status: 503,
    answer: {
      status: 'degraded',
      problems: [expect.stringMatching(`^${failing}: .*Read-only file system`)],
    },
  })
  expect([await offline(failing), await offline(join(broker.folder, 'data'))]).toEqual([1, 0])
  // Nobody restarts it for that: what lies on the other disk is served.
  expect(await ledger.produce('orders', 0)).toMatchObject({ errorCode: 0 })
  await broker.stop()
  disk.repair()
  await broker.start()
  expect(await health()).toEqual(well)
  expect(await ledger.missing()).toEqual([])
  await broker.stop()
})
