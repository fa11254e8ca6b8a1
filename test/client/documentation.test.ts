/** The pages of `odradek/client`: each name has one, and each call an example. */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..', '..', 'src', 'client')

/** A declaration with the comment above it; null where there is none. */
interface Documented {
  readonly name: string
  readonly doc: string | null
  /** Whether it is called, and not just read. */
  readonly isCall: boolean
}

interface Exported extends Documented {
  readonly place: string
  /** `class`, `interface`, ... */
  readonly kind: string
  /** What is inside braces, one level deep. */
  readonly members: readonly Documented[]
}

/** The names that the entry exports, with the file that each comes from. */
function exportedNames(): { readonly name: string; readonly file: string }[] {
  const entry = readFileSync(join(root, 'index.ts'), 'utf8')
  const lists = [...entry.matchAll(/export (?:type )?\{([^}]*)\} from '([^']*)'/g)]
  return lists.flatMap(([, names = '', file = '']) =>
    names
      .split(',')
      .map((name) => name.replace('type ', '').trim())
      .filter((name) => name !== '')
      .map((name) => ({ name, file: join(root, file) })),
  )
}

/** The comment that ends right above this line. */
function docAbove(lines: readonly string[], at: number): string | null {
  if (!lines[at - 1]?.trimEnd().endsWith('*/')) return null
  let from = at - 1
  while (from >= 0 && !lines[from]?.trimStart().startsWith('/**')) from--
  return lines.slice(from, at).join('\n')
}

/** The members of a declaration that begins at this line, as formatted: two spaces in. */
function membersOf(lines: readonly string[], begin: number): Documented[] {
  const end = lines.findIndex((line, at) => at > begin && line.startsWith('}'))
  const members = new Map<string, Documented>()
  for (let at = begin + 1; at < end; at++) {
    const line = lines[at] ?? ''
    const pattern = /^ {2}(?:static |abstract |override |async |readonly |get )*(['\w-]+)\??[:(<]/
    const [, name] = pattern.exec(line) ?? []
    if (name === undefined || /^ {2}(protected|private)/.test(line)) continue
    const isCall = /^[^:]*\(/.test(line) && !line.startsWith('  get ')
    // Of an overloaded method the first one is documented.
    if (!members.has(name)) members.set(name, { name, doc: docAbove(lines, at), isCall })
  }
  return [...members.values()]
}

function read({ name, file }: { readonly name: string; readonly file: string }): Exported {
  const text = readFileSync(file, 'utf8')
  const lines = text.split('\n')
  const pattern = new RegExp(
    `^export (?:abstract )?(class|interface|type|const|function|async function) ${name}\\b`,
  )
  const at = lines.findIndex((line) => pattern.test(line))
  if (at < 0) {
    // The index of a folder passes it on.
    const [, from] = new RegExp(`\\b${name}\\b[^}]*\\} from '([^']*)'`).exec(text) ?? []
    if (from !== undefined) return read({ name, file: join(dirname(file), from) })
  }
  const [, kind = ''] = pattern.exec(lines[at] ?? '') ?? []
  const place = `${file.slice(file.indexOf('src'))}:${at + 1} ${name}`
  const members = kind === 'class' || kind === 'interface' ? membersOf(lines, at) : []
  return { name, place, kind, isCall: false, doc: docAbove(lines, at), members }
}

const all = exportedNames().map(read)

/** Errors are made by the client alone: their constructors need no page. */
function undocumented(of: readonly Exported[]): string[] {
  return of.flatMap(({ place, members }) =>
    members
      .filter(({ name, doc }) => doc === null && name !== 'constructor')
      .map(({ name }) => `${place}.${name}`),
  )
}

test('every name is found, and documented', () => {
  expect(all.length).toBeGreaterThan(100)
  expect(all.filter(({ kind }) => kind === '').map(({ place }) => place)).toEqual([])
  expect(all.filter(({ doc }) => doc === null).map(({ place }) => place)).toEqual([])
})

describe('classes', () => {
  const classes = all.filter(({ kind }) => kind === 'class')

  test('have documented members', () => {
    expect(classes.map(({ name }) => name)).toContain('Consumer')
    expect(undocumented(classes)).toEqual([])
  })

  test('have an example each', () => {
    const isShown = ({ doc }: Documented): boolean => doc?.includes('```ts') === true
    expect(classes.filter((one) => !isShown(one)).map(({ place }) => place)).toEqual([])
  })

  // Parts of an Admin and of a Consumer, in files of their own.
  const clients = [
    ...all.filter(({ name }) => ['Producer', 'Consumer', 'Admin'].includes(name)),
    read({ name: 'AccessAdmin', file: join(root, 'admin', 'access-admin.ts') }),
    read({ name: 'ConsumerPositions', file: join(root, 'consumer', 'consumer-positions.ts') }),
  ]
  test.each(clients)('$name has an example for each call', ({ members }) => {
    const calls = members.filter(({ name, isCall }) => isCall && name !== 'constructor')
    expect(calls.length).toBeGreaterThan(4)
    const missing = calls.filter(({ doc }) => !doc?.includes('```ts'))
    expect(missing.map(({ name }) => name)).toEqual([])
  })
})

test('every option is documented', () => {
  const options = all.filter(({ name }) => name.endsWith('Options'))
  expect(options.map(({ name }) => name)).toContain('ConnectionOptions')
  expect(undocumented(options)).toEqual([])
})

test('every number says what it counts', () => {
  const statistics = all.filter(({ name }) => name.endsWith('Statistics'))
  expect(statistics.length).toBeGreaterThan(3)
  expect(undocumented(statistics)).toEqual([])
})
