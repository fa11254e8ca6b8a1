/**
 * Finds the functions of a file by its braces, in both languages. It is a measure, not a parser:
 * what it must get right is where a long function begins and ends.
 */
import type { ParsedFile } from './source-tree.ts'

/** A function with a body. Lines count from 1; both belong to it. */
export interface FunctionSpan {
  readonly path: string
  /** Its first line, blanks removed. */
  readonly head: string
  readonly firstLine: number
  readonly lastLine: number
}

/** How many lines a function has, from its head to its closing brace. */
export function lineCount(span: FunctionSpan): number {
  return span.lastLine - span.firstLine + 1
}

/** An open brace: where the text before it began, and what it turned out to be. */
interface OpenBrace {
  readonly headStart: number
  readonly kind: 'function' | 'block' | 'expression'
}

/** All functions of a file, those inside others included, in order of their closing brace. */
export function functionsOf(file: ParsedFile): FunctionSpan[] {
  const spans: FunctionSpan[] = []
  const open: OpenBrace[] = []
  const isCpp = !/\.(ts|mjs|js)$/.test(file.path)
  const code = isCpp ? withoutPreprocessor(file.code) : file.code
  let headStart = 0
  for (let at = 0; at < code.length; at++) {
    const char = code[at]
    if (char === '{') {
      if (!isCpp) headStart = statementStart(code, headStart, at)
      open.push({ headStart, kind: kindOf(code.slice(headStart, at), isCpp) })
      headStart = at + 1
    } else if (char === '}') {
      const brace = open.pop()
      if (brace?.kind === 'function') spans.push(spanOf(file, code, brace.headStart, at))
      // `f({ a }: B) {` is one head: what began before the inner braces goes on behind them.
      headStart = brace?.kind === 'expression' ? brace.headStart : at + 1
    } else if (char === ';' && !isInParentheses(code.slice(headStart, at))) {
      headStart = at + 1
    }
  }
  return spans
}

/**
 * Where the statement before a brace begins: TypeScript here has no semicolons, so it is the last
 * line from which on no parenthesis is closed that was not opened.
 */
function statementStart(code: string, from: number, to: number): number {
  let start = to
  let text = ''
  do {
    start = Math.max(from, code.lastIndexOf('\n', start - 1))
    text = code.slice(start, to)
  } while (start > from && (text.trim() === '' || parenthesisDepth(text) < 0))
  return start
}

function kindOf(head: string, isCpp: boolean): OpenBrace['kind'] {
  if (isFunctionHead(head, isCpp)) return 'function'
  const isTypeArgument = !isCpp && /[<|&]\s*$/.test(head)
  return isTypeArgument || isInParentheses(head) ? 'expression' : 'block'
}

function withoutPreprocessor(code: string): string {
  return code.replace(/^[ \t]*#(?:[^\n]*\\\n)*[^\n]*/gm, (line) => line.replace(/[^\n]/g, ' '))
}

function isInParentheses(head: string): boolean {
  return parenthesisDepth(head) > 0
}

function parenthesisDepth(text: string): number {
  let depth = 0
  for (const char of text) {
    if (char === '(') depth += 1
    else if (char === ')') depth -= 1
  }
  return depth
}

const control = /^(else\b|do\b|try\b|(?:else\s+)?(if|for|while|switch|catch|with)\b)/
const label = /^\s*(case\b[^:]*|default|public|private|protected):(?!:)/
const typeHead = /\b(class|struct|union|enum|namespace|interface)\s+[\w:]+[^()]*$/

function isFunctionHead(text: string, isCpp: boolean): boolean {
  const head = text.replace(label, '').trim()
  if (head === '' || control.test(head)) return false
  if (isCpp) return isCppHead(head)
  if (/=>$/.test(head)) return true
  // The last parameter list is closed, and only a type may follow it.
  return /\)(\s*:\s*[^=?]*[^=?<|&\s])?$/.test(head) && !/^(return|throw)\b/.test(head)
}

function isCppHead(head: string): boolean {
  if (typeHead.test(head) || !head.includes('(')) return false
  const after = /(const|noexcept|override|final|mutable|&&?|->[^;(){}]+)/.source
  return new RegExp(`\\)(\\s*${after})*$`).test(head) || /\)\s*:\s.*\)$/s.test(head)
}

function spanOf(file: ParsedFile, code: string, start: number, end: number): FunctionSpan {
  const from = start + (label.exec(code.slice(start, end))?.[0].length ?? 0)
  const first = from + (/\S/.exec(code.slice(from))?.index ?? 0)
  const lineAt = (offset: number): number => code.slice(0, offset).split('\n').length
  const firstLine = lineAt(first)
  const head = (file.text.split('\n')[firstLine - 1] ?? '').trim()
  return { path: file.path, head, firstLine, lastLine: lineAt(end) }
}
