import { beforeAll, describe, expect, it, type TestContext } from 'vitest'
import {
  cutBrokerPower,
  cutEmbeddedPower,
  cutPower,
  fileSystems,
  findObstacles,
  forgotten,
  print,
} from './power-cuts.ts'

let obstacles: ReadonlyMap<string, string>

beforeAll(() => {
  obstacles = findObstacles()
}, 300_000)

function skipWherePowerStays(context: Pick<TestContext, 'skip'>, on: string): void {
  const reason = obstacles.get(on)
  if (reason !== undefined) context.skip(reason)
}

/** The native log, driven directly; longer runs: npm run power:cuts. */
describe('a log directory whose power is cut', () => {
  const cuts = 100
  const seed = Date.now() % 1_000_000

  it.concurrent.for(fileSystems)(
    'loses nothing that was acknowledged, on %s',
    async (on, context) => {
      skipWherePowerStays(context, on)
      const report = await cutPower({ fileSystem: on, cuts, seed })
      print(`native log on ${on}, seed ${seed}`, report)
      expect(report.faults).toEqual([])
      expect(report.lost).toBe(0)
      expect(report.cuts).toBe(cuts)
      expect(report.acknowledged).toBeGreaterThan(cuts)
    },
  )

  const controls = fileSystems.flatMap((on) => forgotten.map((forget) => ({ on, forget })))

  it.for(controls)('loses records on $on if $forget is not synced', async (control, context) => {
    const { on, forget } = control
    skipWherePowerStays(context, on)
    const report = await cutPower({ fileSystem: on, cuts: 20, seed, forget })
    print(`control on ${on}, ${forget} forgotten, seed ${seed}`, { ...report, faults: [] })
    expect(report.lost).toBeGreaterThan(0)
  })
})

/** A broker as users start it, loaded over its port. */
describe('a broker whose power is cut', () => {
  const cuts = 5

  it.concurrent.for(fileSystems)(
    'loses nothing that was acknowledged, on %s',
    async (on, context) => {
      skipWherePowerStays(context, on)
      const report = await cutBrokerPower({ fileSystem: on, cuts })
      print(`broker on ${on}`, report)
      expect(report.faults).toEqual([])
      expect(report.lost).toBe(0)
      expect(report.cuts).toBeGreaterThanOrEqual(cuts)
      expect(report.acknowledged).toBeGreaterThan(0)
    },
  )

  it('loses records if the journal is not synced', async (context) => {
    skipWherePowerStays(context, 'ext4')
    const options = { fileSystem: 'ext4', cuts: 3 * cuts, forget: forgotten[0] } as const
    const report = await cutBrokerPower(options)
    print('control: broker on ext4, journal forgotten', { ...report, faults: [] })
    expect(report.lost).toBeGreaterThan(0)
  })
})

/** Logs and queues in a process of their own, as a program uses them. */
describe('a process with logs and queues whose power is cut', () => {
  const cuts = 50

  it.concurrent.for(fileSystems)('keeps what was promised, on %s', async (on, context) => {
    skipWherePowerStays(context, on)
    const report = await cutEmbeddedPower({ fileSystem: on, cuts })
    print(`log and queue in a process on ${on}`, report)
    expect(report.faults).toEqual([])
    expect(report.lost).toBe(0)
    expect(report.cuts).toBeGreaterThanOrEqual(cuts)
    expect(report.acknowledged).toBeGreaterThan(cuts)
  })

  it('loses records if the journal is not synced', async (context) => {
    skipWherePowerStays(context, 'ext4')
    const report = await cutEmbeddedPower({ fileSystem: 'ext4', cuts: 20, forget: forgotten[0] })
    print('control: process on ext4, journal forgotten', { ...report, faults: [] })
    expect(report.lost).toBeGreaterThan(0)
  })
})
