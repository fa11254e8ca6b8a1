import { describe, expect, it } from 'vitest'
import { helpText, readOptions } from '../../../bench/harness/options.ts'
import { flushEach, pageCache } from '../../../src/bench/harness/flush-mode.ts'

describe('readOptions', () => {
  it('has a default for everything', () => {
    const options = readOptions([])
    expect(options.targets.map(({ name }) => name)).toEqual(['odradek'])
    expect(options).toMatchObject({ rounds: 3, secondsMax: 5, cases: [], cold: false, numbers: {} })
    expect(options.settings).toEqual(pageCache)
    expect(options.parent).toBeUndefined()
    expect(options.json).toBeUndefined()
  })

  it('reads what every bench has', () => {
    const args = ['--target', 'kafka,odradek', '--kafka-jars', '/jars', '--rounds', '1', '--cold']
    const rest = ['--seconds', '0.5', '--case', 'a,b', '--data', '/d', '--json', 'f', '--durable']
    const options = readOptions([...args, ...rest])
    expect(options.targets.map(({ name }) => name)).toEqual(['kafka', 'odradek'])
    expect(options).toMatchObject({ rounds: 1, secondsMax: 0.5, cases: ['a', 'b'], cold: true })
    expect(options).toMatchObject({ parent: '/d', json: 'f' })
    expect(options.settings).toEqual(flushEach)
  })

  it('sets broker configs over those of the bench', () => {
    const command = { without: ['durable'], settings: flushEach }
    expect(readOptions([], command).settings).toEqual(flushEach)
    const set = ['--set', 'num.network.threads=2', '--set', 'a=b=c']
    const both = { ...flushEach, 'num.network.threads': '2', a: 'b=c' }
    expect(readOptions(set, command).settings).toEqual(both)
    const [name = ''] = Object.keys(flushEach)
    expect(readOptions(['--set', `${name}=7`], command).settings).toEqual({ [name]: '7' })
  })

  it("reads a bench's own numbers", () => {
    const command = { numbers: { gib: { fallback: 10, help: 'how much' } } }
    expect(readOptions([], command).numbers).toEqual({ gib: 10 })
    expect(readOptions(['--gib', '0.5'], command).numbers).toEqual({ gib: 0.5 })
    expect(() => readOptions(['--gib', '0'], command)).toThrow('--gib must be a number above 0')
    expect(() => readOptions(['--gib', '1'])).toThrow('--gib')
  })

  it("reads a bench's own words", () => {
    const command = { words: { node: { value: 'VERSION', fallback: '24', help: 'which' } } }
    expect(readOptions([], command).words).toEqual({ node: '24' })
    expect(readOptions(['--node', '22'], command).words).toEqual({ node: '22' })
    expect(readOptions([]).words).toEqual({})
    expect(helpText(command)).toMatch(/--node VERSION +which \(24\)/)
  })

  it('refuses what it does not know, by name', () => {
    expect(() => readOptions(['--durable'], { without: ['durable'] })).toThrow('--durable')
    expect(() => readOptions(['--target', 'redis'])).toThrow('not redis')
    expect(() => readOptions(['--rounds', 'many'])).toThrow('--rounds must be a number above 0')
    expect(() => readOptions(['--seconds=-1'])).toThrow('--seconds must be a number above 0')
    expect(() => readOptions(['--set', 'novalue'])).toThrow('--set needs NAME=VALUE')
    expect(() => readOptions(['stray'])).toThrow('stray')
  })
})

describe('helpText', () => {
  it('lists exactly the options that the bench has', () => {
    const numbers = { gib: { fallback: 10, help: 'how much' } }
    const help = helpText({ without: ['durable', 'cold'], numbers })
    expect(help).toMatch(/^ {2}--gib N +how much \(10\)$/m)
    expect(help).toMatch(/^ {2}--rounds N +turns of each \(3\)$/m)
    expect(help).not.toMatch(/--durable|--cold/)
    expect(helpText()).toMatch(/--durable/)
  })
})
