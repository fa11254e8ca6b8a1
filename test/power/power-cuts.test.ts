import { beforeAll, describe, expect, it, type TestContext } from 'vitest'
import { cutPower, fileSystems, forgotten, obstacle, print } from './power-cuts.ts'

/** The native log, driven directly; longer runs: npm run power:cuts. */
describe('a log directory whose power is cut', () => {
  const cutsPerFileSystem = 100
  const seed = Date.now() % 1_000_000
  let reason: string | undefined

  beforeAll(() => {
    reason = obstacle()
    if (reason !== undefined) console.log(`skipped: power cuts because ${reason}`)
  }, 300_000)

  function skipWherePowerStays(context: Pick<TestContext, 'skip'>): void {
    if (reason !== undefined) context.skip(reason)
  }

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

  it.for(forgotten)(
    'loses records where every other sync is skipped of %s',
    async (forget, context) => {
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
    },
  )
})
