import { describe, expect, it } from 'vitest'
import { findTools, neededTools, obstacleTo } from '../../../src/bench/compare/tools.ts'
import { workloads } from '../../../src/bench/workloads/index.ts'
import type { Load } from '../../../src/bench/workloads/workload.ts'

const loads = workloads.flatMap(({ cases }) => cases.map(({ load }) => load))
const of = (client: Load['client']) => loads.filter((load) => load.client === client)
const missing = { jars: undefined, missing: new Map([['kafka', 'no Java']] as const) }
const nothingMissing = { jars: undefined, missing: new Map() }

describe('neededTools', () => {
  it("names what the loads' clients are run from", () => {
    expect(neededTools(of('odradek-load'))).toEqual(new Set(['odradek-load']))
    expect(neededTools(of('java-producers'))).toEqual(new Set(['kafka']))
    expect(neededTools(of('consumer-perf-test'))).toEqual(new Set(['kafka', 'odradek-load']))
    const both = ['rdkafka_performance', 'odradek-load']
    expect(neededTools(of('rdkafka-performance'))).toEqual(new Set(both))
    expect(neededTools(of('partitions'))).toEqual(new Set())
  })
})

describe('obstacleTo', () => {
  it('is what is missing of what the load needs', () => {
    const [kafkas, ours] = [of('java-producers')[0], of('odradek-load')[0]] as [Load, Load]
    expect(obstacleTo(kafkas, missing, true)).toBe('no Java')
    expect(obstacleTo(ours, missing, true)).toBeUndefined()
    expect(obstacleTo(kafkas, nothingMissing, true)).toBeUndefined()
  })

  it('is that nobody starts the other broker where the load would', () => {
    const [restart] = of('restart') as [Load]
    expect(obstacleTo(restart, nothingMissing, false)).toBe('it starts and stops brokers')
    expect(obstacleTo(restart, nothingMissing, true)).toBeUndefined()
  })

  it('is that the data lie elsewhere that the load drops from memory', () => {
    const [reader] = of('cold-reader') as [Load]
    expect(obstacleTo(reader, nothingMissing, false)).toBe('it drops their data from memory')
    expect(obstacleTo(reader, nothingMissing, true)).toBeUndefined()
    const consumers = of('java-consumers')
    const refused = consumers.filter((load) => obstacleTo(load, nothingMissing, false))
    expect(refused.length).toBe(consumers.length / 2)
  })

  it('is that nobody starts the other broker with the configs of the workload', () => {
    const [load] = of('odradek-load') as [Load]
    const configs = { 'num.io.threads': '1' }
    expect(obstacleTo(load, nothingMissing, false, configs)).toBe('it sets configs of brokers')
    expect(obstacleTo(load, nothingMissing, true, configs)).toBeUndefined()
  })
})

describe('findTools', () => {
  it('says why one cannot be had, and looks for no other', async () => {
    const tools = await findTools(new Set(['kafka']), '/nowhere')
    expect(tools.jars).toBeUndefined()
    expect([...tools.missing.keys()]).toEqual(['kafka'])
    expect(await findTools(new Set(), '/nowhere')).toEqual(nothingMissing)
  })
})
