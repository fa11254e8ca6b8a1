/**
 * The scorecard: each measure of the tree with its bar. A bar only ever tightens. A measure of
 * which there is nothing yet (no lines of that kind) has no value and fails nothing.
 */
import { basename } from 'node:path'
import { readmeProblems, undocumentedDeclarations, undocumentedExports } from './documentation.ts'
import { functionsOf, lineCount } from './functions.ts'
import { isGenerated, type ParsedFile, parse, type SourceFile } from './source-tree.ts'

/** One measure of the tree. */
export interface Measure {
  readonly name: string
  /** `undefined` where there is nothing to measure. */
  readonly value: number | undefined
  /** What the value is to be at least and at most. */
  readonly bar: Bounds
  /** The places to look at when the bar is missed. */
  readonly offenders: readonly string[]
}

/** Whether a measure meets its bar. */
export function meetsBar({ value, bar }: Measure): boolean {
  return within(value, bar)
}

/** Whether a value lies in its bounds; one that does not exist does. */
export function within(value: number | undefined, bounds: Bounds): boolean {
  const { min = -Infinity, max = Infinity } = bounds
  return value === undefined || (value >= min && value <= max)
}

/** Least and most; what is left out is not bounded. */
export interface Bounds {
  readonly min?: number
  readonly max?: number
}

const functionLinesMax = 70
const fileLinesMax = 600
const columnsMax = 100

/** Where god files grow in every peer: these only wire, and their files are bounded by name. */
const orchestratorLinesMax = 400
const orchestrators = [
  'native/log/partition_log.h',
  'native/log/partition_log.cc',
  'native/addon/addon.cc',
  'src/broker/broker.ts',
  'src/engine/engine.ts',
  'src/controller/controller.ts',
  'src/client/consumer/consumer.ts',
]
/** The binding translates and nothing else, so none of its files is long. */
const addonLinesMax = 250

/** Folders of C++ and of TypeScript where invariants are asserted. */
const assertedNative = /^native\/(batch|log|net)\//
const assertedTypeScript = new RegExp(
  '^src/(storage|transport|metadata|policy|cleaner|security|consensus|controller|' +
    'replication|coordinator|client|queue)/',
)

/** Measures the whole tree. */
export function scorecard(tree: readonly SourceFile[]): Measure[] {
  const written = tree.filter((file) => !isGenerated(file.path))
  const code = written.filter((file) => /\.(ts|mjs|js|cc|h)$/.test(file.path)).map(parse)
  const source = code.filter((file) => /^(src|native)\//.test(file.path))
  const tests = code.filter((file) => file.path.startsWith('test/'))
  const programs = code.filter((file) => !file.path.startsWith('test/'))
  return [
    medianLines(source),
    count('files over their largest size', code.flatMap(oversize)),
    count('functions over 70 lines', programs.flatMap(longFunctions)),
    count('lines over 100 columns', code.flatMap(longLines)),
    assertDensity('asserts per 100 lines, native batch, log, net', source, assertedNative),
    assertDensity('asserts per 100 lines, src above T1', source, assertedTypeScript),
    ...commentShares(source),
    ratio('test lines per source line', lines(tests), lines(source), { min: 1 }),
    count('exported symbols without doc', [
      ...source.filter((file) => file.path.endsWith('.ts')).flatMap(undocumentedExports),
      ...source.filter((file) => file.path.endsWith('.h')).flatMap(undocumentedDeclarations),
    ]),
    count('problems of folder READMEs', readmeProblems(written)),
    count('folders named after nothing', vagueFolders(written)),
    count('unfinished work left in the text', written.flatMap(unfinished)),
    count('paths and hosts of one machine', written.flatMap(machinePaths)),
  ]
}

/** The scorecard as lines of text, in columns. */
export function formatScorecard(measures: readonly Measure[]): string {
  const width = Math.max(...measures.map(({ name }) => name.length))
  return measures
    .map((measure) => {
      const { name, value, bar } = measure
      const shown = value === undefined ? '-' : String(Math.round(value * 100) / 100)
      const limits = [
        bar.min === undefined ? '' : `>= ${bar.min}`,
        bar.max === undefined ? '' : `<= ${bar.max}`,
      ]
      const verdict = meetsBar(measure) ? '' : '  MISSED'
      const bars = limits.filter(Boolean).join(', ')
      return `${name.padEnd(width)}  ${shown.padStart(6)}  (${bars})${verdict}`
    })
    .join('\n')
}

function count(name: string, offenders: readonly string[]): Measure {
  return { name, value: offenders.length, bar: { max: 0 }, offenders }
}

function ratio(name: string, part: number, whole: number, bar: Measure['bar']): Measure {
  return { name, value: whole === 0 ? undefined : part / whole, bar, offenders: [] }
}

function lineCountOf(file: SourceFile): number {
  return file.text.trimEnd().split('\n').length
}

function lines(files: readonly SourceFile[]): number {
  return files.reduce((sum, file) => sum + lineCountOf(file), 0)
}

function medianLines(files: readonly SourceFile[]): Measure {
  const sizes = files.map(lineCountOf).sort((a, b) => a - b)
  const value = sizes[Math.floor(sizes.length / 2)]
  return { name: 'median lines of a file', value, bar: { max: 110 }, offenders: [] }
}

function oversize(file: SourceFile): string[] {
  const size = lineCountOf(file)
  const bounds = [fileLinesMax]
  if (orchestrators.includes(file.path)) bounds.push(orchestratorLinesMax)
  if (file.path.startsWith('native/addon/')) bounds.push(addonLinesMax)
  const bound = Math.min(...bounds)
  return size > bound ? [`${file.path}: ${size} lines, at most ${bound}`] : []
}

function longFunctions(file: ParsedFile): string[] {
  return functionsOf(file)
    .filter((span) => lineCount(span) > functionLinesMax)
    .map((span) => `${span.path}:${span.firstLine} ${lineCount(span)} lines: ${span.head}`)
}

/** The formatter has no way to break an import of one name. */
const unbreakable = /^import .* from '.*'$/

function longLines(file: SourceFile): string[] {
  return file.text.split('\n').flatMap((line, index) => {
    const columns = [...line].length
    const long = columns > columnsMax && !unbreakable.test(line)
    return long ? [`${file.path}:${index + 1} ${columns} columns`] : []
  })
}

const assertion = /\b(ASSERT\w*|DEBUG_ASSERT|UNREACHABLE|static_assert|assert\w*|unreachable)\(/g

/** Asserts per 100 lines of code, in files that have functions: elsewhere none can stand. */
function assertDensity(name: string, files: readonly ParsedFile[], where: RegExp): Measure {
  const counts = files
    .filter((file) => where.test(file.path) && functionsOf(file).length > 0)
    .map((file) => ({
      path: file.path,
      asserts: [...file.code.matchAll(assertion)].length,
      size: file.code.split('\n').filter((line) => line.trim() !== '').length,
    }))
  const total = (key: 'asserts' | 'size'): number => counts.reduce((sum, one) => sum + one[key], 0)
  const missing = (one: (typeof counts)[number]): number => one.size * 0.03 - one.asserts
  const offenders = counts
    .sort((a, b) => missing(b) - missing(a))
    .slice(0, 12)
    .map(({ path, asserts, size }) => `${path}: ${asserts} in ${size} lines of code`)
  return { ...ratio(name, 100 * total('asserts'), total('size'), { min: 3 }), offenders }
}

/** Lines of comment, in percent of lines that are not blank. */
interface CommentCount {
  comments: number
  filled: number
}

function commentShares(source: readonly ParsedFile[]): Measure[] {
  const headers: CommentCount = { comments: 0, filled: 0 }
  const surfaces: CommentCount = { comments: 0, filled: 0 }
  const bodies: CommentCount = { comments: 0, filled: 0 }
  for (const file of source) {
    const inBody = bodyLines(file)
    const inTable = tableLines(file)
    const surface = file.path.endsWith('.h') ? headers : surfaces
    const code = file.code.split('\n')
    file.text.split('\n').forEach((line, index) => {
      if (line.trim() === '' || inTable.has(index + 1)) return
      const target = inBody.has(index + 1) ? bodies : surface
      // What a .cc file says outside of its functions is neither contract nor narration.
      if (target === surfaces && !file.path.endsWith('.ts')) return
      target.filled += 1
      if ((code[index] ?? '').trim() === '') target.comments += 1
    })
  }
  const share = (name: string, { comments, filled }: CommentCount, bar: Measure['bar']): Measure =>
    ratio(name, 100 * comments, filled, bar)
  return [
    share('comment share of C++ headers, percent', headers, { min: 25, max: 40 }),
    share('comment share of TypeScript outside functions, percent', surfaces, { min: 25, max: 40 }),
    share('comment share inside functions, percent', bodies, { max: 15 }),
  ]
}

function bodyLines(file: ParsedFile): Set<number> {
  const inside = new Set<number>()
  for (const { firstLine, lastLine } of functionsOf(file)) {
    for (let line = firstLine + 1; line < lastLine; line++) inside.add(line)
  }
  return inside
}

/** Lines of a list or object at the top level: data has no contract of its own. */
function tableLines(file: ParsedFile): Set<number> {
  const inside = new Set<number>()
  let isInside = false
  file.code.split('\n').forEach((line, index) => {
    if (isInside && /^[\])}]/.test(line)) isInside = false
    if (isInside) inside.add(index + 1)
    if (/^(export )?const\b.*[[{(]$/.test(line)) isInside = true
  })
  return inside
}

const vagueNames = /^(utils?|helpers?|commons?|misc|shared|lib|stuff)$/

function vagueFolders(files: readonly SourceFile[]): string[] {
  const folders = new Set(files.map((file) => file.path.split('/').slice(0, -1).join('/')))
  return [...folders].filter((folder) => vagueNames.test(basename(folder)))
}

// Written in two parts, so that this file does not count itself.
const unfinishedWords = new RegExp(
  `\\b(${['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X', 'HA' + 'CK'].join('|')})\\b`,
)
const machinePlaces = new RegExp(
  `(["'\`\\s(=]/(${['wo' + 'rk', 'ro' + 'ot', 'ho' + 'me', 'Us' + 'ers'].join('|')})/\\w)|` +
    `${'regis' + 'try'}\\.\\w+\\.\\w+`,
)

function matching(file: SourceFile, pattern: RegExp): string[] {
  return file.text
    .split('\n')
    .flatMap((line, i) => (pattern.test(line) ? [`${file.path}:${i + 1} ${line.trim()}`] : []))
}

function unfinished(file: SourceFile): string[] {
  return matching(file, unfinishedWords)
}

function machinePaths(file: SourceFile): string[] {
  return matching(file, machinePlaces)
}
