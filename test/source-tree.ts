/**
 * The project's own files, read once, with their code separated from comments and strings: what
 * the checks of the whole tree look at.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root folder of the checkout. */
export const root: string = dirname(dirname(fileURLToPath(import.meta.url)))

/** One text file. */
export interface SourceFile {
  /** From the root, with slashes: `native/log/partition_log.cc`. */
  readonly path: string
  readonly text: string
}

/** A source file with comments and strings taken apart; all three texts have the same lines. */
export interface ParsedFile extends SourceFile {
  /** Comments and the insides of strings are blanks. */
  readonly code: string
  /** Comments are blanks, strings are kept. */
  readonly uncommented: string
}

const notOurs = new Set(['node_modules', 'dist', 'build', 'build-native', 'prebuilds', 'coverage'])
const textEndings = /\.(ts|mjs|js|cc|h|md|json|gyp|py|sh|txt)$|(^|\/)(Makefile|run)$/

/** All text files of the project, sorted by path; nothing that a build or a package made. */
export function readTree(from: string = root): SourceFile[] {
  const files: SourceFile[] = []
  const visit = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) {
        const hidden = entry.name.startsWith('.') && entry.name !== '.ci'
        if (!hidden && !notOurs.has(entry.name)) visit(path)
      } else if (entry.isFile() && textEndings.test(path)) {
        files.push({ path: relative(from, path), text: readFileSync(path, 'utf8') })
      }
    }
  }
  visit(from)
  return files.sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** Whether a file is written by a program and therefore free of most rules. */
export function isGenerated(path: string): boolean {
  const isNames = /\/suites\/\w+\.(kafka|passed)\.txt$/.test(path)
  return isNames || path.includes('/generated/') || path === 'package-lock.json'
}

/** Separates a file's code from its comments and strings. C++ is told by its name. */
export function parse(file: SourceFile): ParsedFile {
  const scanner = new Scanner(file.text, /\.(cc|h)$/.test(file.path))
  scanner.run()
  return { ...file, code: scanner.code.join(''), uncommented: scanner.uncommented.join('') }
}

/** After these a slash begins a regular expression, not a division. */
const beforeRegex = /(^|[(,=:[!&|?{};+\-*%<>~^]|\b(return|typeof|case|in|of|do|else|await|void))$/

/**
 * One pass over a text. It knows enough of both languages to tell code, comments and strings
 * apart: raw strings and digit separators of C++, templates and regular expressions of TypeScript.
 */
class Scanner {
  readonly code: string[]
  readonly uncommented: string[]
  private readonly text: string
  private readonly isCpp: boolean
  private at = 0
  /** For each open template expression, the depth of braces at which it ends. */
  private readonly templates: number[] = []
  private depth = 0

  constructor(text: string, isCpp: boolean) {
    this.text = text
    this.isCpp = isCpp
    this.code = text.split('')
    this.uncommented = text.split('')
  }

  run(): void {
    while (this.at < this.text.length) this.step()
  }

  private step(): void {
    const two = this.text.slice(this.at, this.at + 2)
    const char = two[0] ?? ''
    if (two === '//') this.comment(this.find('\n', this.at))
    else if (two === '/*') this.comment(this.find('*/', this.at + 2) + 2)
    else if (char === '/' && !this.isCpp && this.mayBeRegex()) this.regex()
    else if (char === '"' && this.isCpp && /\bu?8?R$/.test(this.before(3))) this.rawString()
    else if (char === "'" && this.isCpp && /\b\d[\da-fA-FxX']*$/.test(this.before(24))) this.at += 1
    else if (char === '"' || char === "'") this.string(char)
    else if (char === '`' && !this.isCpp) this.template()
    else this.brace(char)
  }

  /** Counts braces, so that the one which ends an expression in a template is known. */
  private brace(char: string): void {
    if (char === '{') this.depth += 1
    if (char === '}') this.depth -= 1
    if (char === '}' && this.templates.at(-1) === this.depth) {
      this.templates.pop()
      this.template()
    } else {
      this.at += 1
    }
  }

  private before(length: number): string {
    return this.text.slice(Math.max(0, this.at - length), this.at)
  }

  private find(what: string, from: number): number {
    const found = this.text.indexOf(what, from)
    return found === -1 ? this.text.length : found
  }

  /** Blanks [at, end), newlines excepted, and goes on behind it. */
  private comment(end: number): void {
    this.blank(this.at, end, this.uncommented)
    this.blank(this.at, end, this.code)
    this.at = end
  }

  private blank(from: number, end: number, target: string[]): void {
    for (let i = from; i < end && i < target.length; i++) if (target[i] !== '\n') target[i] = ' '
  }

  private literal(end: number): void {
    this.blank(this.at + 1, end - 1, this.code)
    this.at = end
  }

  private string(quote: string): void {
    let end = this.at + 1
    while (end < this.text.length && this.text[end] !== quote && this.text[end] !== '\n') {
      end += this.text[end] === '\\' ? 2 : 1
    }
    this.literal(end + 1)
  }

  private rawString(): void {
    const open = this.find('(', this.at)
    const close = `)${this.text.slice(this.at + 1, open)}"`
    this.literal(this.find(close, open) + close.length)
  }

  private mayBeRegex(): boolean {
    const code = this.uncommented.slice(Math.max(0, this.at - 200), this.at).join('')
    return beforeRegex.test(code.trimEnd())
  }

  private regex(): void {
    let end = this.at + 1
    let inClass = false
    while (end < this.text.length && this.text[end] !== '\n') {
      const char = this.text[end]
      if (char === '/' && !inClass) break
      if (char === '[') inClass = true
      if (char === ']') inClass = false
      end += char === '\\' ? 2 : 1
    }
    this.literal(end + 1)
  }

  /** A template from its opening quote, or from the brace that ends an expression in it. */
  private template(): void {
    let end = this.at + 1
    while (end < this.text.length && this.text[end] !== '`') {
      if (this.text.startsWith('${', end)) {
        this.templates.push(this.depth)
        this.depth += 1
        this.literal(end + 2)
        return
      }
      end += this.text[end] === '\\' ? 2 : 1
    }
    this.literal(end + 1)
  }
}
