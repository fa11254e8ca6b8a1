/** Finds what the project's documentation leaves out: symbols without doc, files without a map. */
import { basename, dirname } from 'node:path'
import { isGenerated, type ParsedFile, type SourceFile } from './source-tree.ts'

/** A folder with more files than this explains itself in a README. */
export const filesWithoutReadmeMax = 5
/** A folder's README is read at a glance. */
export const readmeLinesMax = 40

const exported =
  /^export (?:declare )?(?:abstract )?(?:async )?(function\*?|class|const|let|interface|type) (\w+)/

/** Exported symbols of a TypeScript file that have no doc comment before them. */
export function undocumentedExports(file: ParsedFile): string[] {
  const lines = file.text.split('\n')
  const seen = new Set<string>()
  return lines.flatMap((line, index) => {
    const name = exported.exec(line)?.[2]
    if (name === undefined) return []
    // A type and a function of one name, and the overloads of a function, share one doc.
    const isKnown = seen.has(name)
    seen.add(name)
    if (isKnown || (lines[index - 1] ?? '').trim().endsWith('*/')) return []
    return [`${file.path}:${index + 1} ${name}`]
  })
}

const cppDeclaration = new RegExp(
  '^(template\\b|class\\b|struct\\b|enum\\b|union\\b|' +
    '(?:\\[\\[\\w+\\]\\] |inline |constexpr |static |extern )*[\\w:<>,*& ]+[ *&]\\w+\\()',
)

/**
 * Types and functions of a C++ header, at the level of its namespaces, whose paragraph does not
 * begin with a comment. Declarations without a blank line between them share one, and the type
 * that a file is named after has the comment at the file's head.
 */
export function undocumentedDeclarations(file: ParsedFile): string[] {
  const code = file.code.split('\n')
  const found: string[] = []
  let depth = 0
  let isDocumented = false
  const hasHead = file.text.startsWith('//')
  const subject = basename(file.path, '.h').replaceAll('_', '')
  file.text.split('\n').forEach((line, index) => {
    const text = code[index] ?? ''
    if (line.trim() === '') isDocumented = false
    else if (text.trim() === '') isDocumented = true
    const isSubject = hasHead && nameOf(`${text} ${code[index + 1] ?? ''}`) === subject
    const isForward = /^(class|struct|enum class) [\w:]+( : \w+)?;/.test(text)
    const isStandard = /\bstruct std::/.test(`${text} ${code[index + 1] ?? ''}`)
    const isSpecial = isStandard || /^(namespace|using|static_assert|friend)/.test(text)
    const isExempt = isDocumented || isForward || isSpecial || isSubject
    if (depth === 0 && !isExempt && cppDeclaration.test(text)) {
      found.push(`${file.path}:${index + 1} ${text.trim()}`)
      isDocumented = true
    }
    if (/^(inline )?namespace\b|^}\s*$/.test(text) && depth === 0) return
    depth += count(text, '{') - count(text, '}')
  })
  return found
}

/** The name of the type that a declaration begins with, in lower case. */
function nameOf(declaration: string): string | undefined {
  return /^(?:template <.*?> )?(?:class|struct) (\w+)/.exec(declaration)?.[1]?.toLowerCase()
}

function count(text: string, char: string): number {
  return text.split(char).length - 1
}

/**
 * What is wrong with the READMEs of folders: missing, too long, a file that the map leaves out or
 * one that it names though it is gone. A folder of tests that mirrors one of sources needs none.
 */
export function readmeProblems(files: readonly SourceFile[]): string[] {
  const folders = new Map<string, SourceFile[]>()
  for (const file of files) {
    const folder = dirname(file.path)
    folders.set(folder, [...(folders.get(folder) ?? []), file])
  }
  return [...folders].flatMap(([folder, all]) => {
    const readme = all.find((file) => basename(file.path) === 'README.md')
    const names = all.map((file) => basename(file.path)).filter((name) => name !== 'README.md')
    const isExempt = folder === '.' || isGenerated(`${folder}/x`) || mirrors(folder, folders)
    if (isExempt) return []
    if (!readme) {
      const isLarge = names.length > filesWithoutReadmeMax
      return isLarge ? [`${folder}: ${names.length} files and no README.md`] : []
    }
    return mapProblems(folder, readme.text, names)
  })
}

function mirrors(folder: string, folders: ReadonlyMap<string, unknown>): boolean {
  if (!folder.startsWith('test/')) return false
  const path = folder.slice('test/'.length)
  const sources = [`src/${path}`, ...(/^(native|bench)\/./.test(path) ? [path] : [])]
  return [...folders.keys()].some((one) => sources.some((source) => isWithin(one, source)))
}

function isWithin(folder: string, parent: string): boolean {
  return folder === parent || folder.startsWith(`${parent}/`)
}

function mapProblems(folder: string, readme: string, names: readonly string[]): string[] {
  const problems: string[] = []
  const length = readme.trimEnd().split('\n').length
  if (length > readmeLinesMax) problems.push(`${folder}/README.md: ${length} lines`)
  // `crc32c.h/.cc` names both, `crc32c_{portable,sse42}.cc` each, `NN-name.ts` the numbered ones.
  const text = expandBraces(readme)
  for (const name of names) {
    const stem = name.replace(/(\.test)?\.\w+$/, '')
    const isNumbered = /^\d+-/.test(name) && text.includes('NN-')
    const isNamed = new RegExp(`(^|[^\\w-])${escapePattern(stem)}([^\\w-]|$)`, 'm').test(text)
    if (!isNamed && !isNumbered) problems.push(`${folder}/README.md does not name ${name}`)
  }
  for (const [, before = '', name = ''] of text.matchAll(
    /(^|[^\w/.-])([\w-]+\.(?:ts|cc|h|mjs))\b/g,
  )) {
    const isGone = before !== '<' && !name.startsWith('NN-') && !names.includes(name)
    if (isGone) problems.push(`${folder}/README.md names ${name}, which is not there`)
  }
  return problems
}

function expandBraces(text: string): string {
  return text.replace(/([\w/.-]*)\{([\w,-]+)\}([\w.]*)/g, (_, head, middle: string, tail) =>
    middle
      .split(',')
      .map((part) => `${head}${part}${tail}`)
      .join(' '),
  )
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
