/**
 * The value of `sasl.jaas.config`: a login module of Java, a word that Java wants, and options, as
 * `org.apache.kafka...PlainLoginModule required username="alice" password="secret";`. Only what the
 * module is called and its options mean something here.
 */
import { assert } from '../../base/assert.ts'

/** What such a value says. */
export interface JaasEntry {
  /** The module's class without its package, as `PlainLoginModule`. */
  readonly module: string
  readonly options: Readonly<Record<string, string>>
}

const flags = ['required', 'requisite', 'sufficient', 'optional']

/** A word, `=`, `;`, or text in quotes with escapes of its own. */
const token = /\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^\s;="']+)|([;=]))/sy

/** Reads such a value; the text is what is wrong with it, in words that show no secret. */
export function parseJaas(text: string): JaasEntry | string {
  const tokens = tokensOf(text)
  if (tokens === undefined) return 'a quote in it is not closed'
  const [module, flag, ...rest] = tokens
  if (module === undefined || module.isSign) return 'it does not begin with a login module'
  if (flag === undefined || !flags.includes(flag.text.toLowerCase())) {
    return `behind the login module there has to be one of ${flags.join(', ')}`
  }
  const end = rest.findIndex(({ text, isSign }) => isSign && text === ';')
  if (end < 0) return 'it does not end with a semicolon'
  if (end < rest.length - 1) return 'it names more than one login module'
  const options: Record<string, string> = {}
  for (let at = 0; at < end; at += 3) {
    const [name, sign, value] = rest.slice(at, Math.min(end, at + 3))
    const isPair = !name?.isSign && sign?.isSign && sign.text === '=' && value && !value.isSign
    if (name === undefined || !isPair) return 'its options have to be pairs of NAME="VALUE"'
    options[name.text] = value.text
  }
  assert(Object.keys(options).length <= end / 3, 'three tokens make an option')
  return { module: module.text.slice(module.text.lastIndexOf('.') + 1), options }
}

interface Token {
  readonly text: string
  /** `=` or `;` outside of quotes. */
  readonly isSign: boolean
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f', b: '\b' }

/** Undefined: a quote is not closed. */
function tokensOf(text: string): Token[] | undefined {
  const tokens: Token[] = []
  const end = text.trimEnd().length
  token.lastIndex = 0
  while (token.lastIndex < end) {
    const found = token.exec(text)
    if (found === null) return undefined
    const [, double, single, word, sign] = found
    const quoted = double ?? single
    const unescaped = quoted?.replace(/\\(.)/gs, (_, one: string) => escapes[one] ?? one)
    tokens.push({ text: unescaped ?? word ?? sign ?? '', isSign: sign !== undefined })
    assert(token.lastIndex > 0, 'a token that was found has a place')
  }
  return tokens
}
