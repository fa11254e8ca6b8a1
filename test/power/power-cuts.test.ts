import { beforeAll, describe, expect, it, type TestContext } from 'vitest'
import { cutBrokerPower, cutPower, fileSystems, forgotten, obstacle, print } from './power-cuts.ts'

let reason: string | undefined

beforeAll(() => {
  reason = obstacle()
  if (reason !== undefined) console.log(`skipped: power cuts because ${reason}`)
}, 300_000)

function skipWherePowerStays(context: Pick<TestContext, 'skip'>): void {
  if (reason !== undefined) context.skip(reason)
}

/** The native log, driven directly; longer runs: npm run power:cuts. */
describe('a log directory whose power is cut', () => {
  const cutsPerFileSystem = 100
  const seed = Date.now() % 1_000_000

  it('loses nothing that was acknowledged', async (context) => {
    skipWherePowerStays(context)
    const runs = fileSystems.map(async (fileSystem) => {
      const report = await cutPower({ fileSystem, cuts: cutsPerFileSystem, seed })
      print(`native log on ${fileSystem}, seed ${seed}`, report)
      return report
    })
    for (const report of await Promise.all(runs)) {
      expect(report.faults).toEqual([])
      expect(report.lost).toBe(0)
      expect(report.cuts).toBe(cutsPerFileSystem)
      expect(report.acknowledged).toBeGreaterThan(cutsPerFileSystem)
    }
  })

  it.for(forgotten)('loses records where most syncs are skipped of %s', async (forget, context) => {
    skipWherePowerStays(context)
    const runs = fileSystems.map(async (fileSystem) => {
      const report = await cutPower({ fileSystem, cuts: 20, seed, forget })
      const title = `control on ${fileSystem}, ${forget} forgotten, seed ${seed}`
      print(title, { ...report, faults: [] })
      return report
    })
    for (const report of await Promise.all(runs)) {
      expect(report.lost).toBeGreaterThan(0)
    }
  })
})

/** A broker as users start it, loaded over its port. */
describe('a broker whose power is cut', () => {
  const cutsPerFileSystem = 5

  it('loses nothing that was acknowledged', async (context) => {
    skipWherePowerStays(context)
    const runs = fileSystems.map(async (fileSystem) => {
      const report = await cutBrokerPower({ fileSystem, cuts: cutsPerFileSystem })
      print(`broker on ${fileSystem}`, report)
      return report
    })
    for (const report of await Promise.all(runs)) {
      expect(report.faults).toEqual([])
      expect(report.lost).toBe(0)
      expect(report.cuts).toBeGreaterThanOrEqual(cutsPerFileSystem)
      expect(report.acknowledged).toBeGreaterThan(0)
    }
  })

  it('loses records where most syncs of the journal are skipped', async (context) => {
    skipWherePowerStays(context)
    const report = await cutBrokerPower({ fileSystem: 'ext4', cuts: 5, forget: forgotten[0] })
    print('control: broker on ext4, journal forgotten', { ...report, faults: [] })
    expect(report.lost).toBeGreaterThan(0)
  })
})
