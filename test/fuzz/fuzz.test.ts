import { beforeAll, describe, expect, it, type TestContext } from 'vitest'
import { targets } from './corpus.ts'
import { buildReplays, replay, works } from './fuzzers.ts'

const mutations = 2000

/** Each target over its corpus, what was found before included; libFuzzer: npm run fuzz. */
describe('fuzz targets', () => {
  const seed = Date.now() % 1_000_000
  let reason: string | undefined

  beforeAll(() => {
    const compiler = process.env['CXX'] ?? 'g++'
    reason = [compiler, 'make'].find((command) => !works(command))
    if (reason !== undefined) console.log(`skipped: fuzz targets because there is no ${reason}`)
    else if (!buildReplays()) throw new Error('test/fuzz does not compile')
  }, 300_000)

  function skipWithout(context: Pick<TestContext, 'skip'>): void {
    if (reason !== undefined) context.skip(`there is no ${reason}`)
  }

  it.for(targets)('find nothing: %s', (target, context) => {
    skipWithout(context)
    const { fine, output } = replay(target, mutations, seed)
    console.log(`${target}: ${output.trim()}, seed ${seed}`)
    expect(fine, output).toBe(true)
  })
})
