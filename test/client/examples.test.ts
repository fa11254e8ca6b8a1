/** The examples in the doc comments of client, log and queue, and on their pages: they compile. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { afterAll, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..', '..')
const folders = ['src/client', 'src/queue', 'src/record', 'src/security']
// Beside the sources, so that the compiler finds the types of Node.
const parent = join(root, 'node_modules', '.cache')
mkdirSync(parent, { recursive: true })
const folder = mkdtempSync(join(parent, 'examples-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** What the methods of a class leave out of their examples. */
const preamble = `import { Log } from 'odradek'
import { Admin, Consumer, Producer } from 'odradek/client'
declare const log: Log
declare const admin: Admin
declare const consumer: Consumer
declare const producer: Producer
`

/** Each example with the place that it comes from. */
function examples(path: string): { readonly place: string; readonly code: string }[] {
  const lines = readFileSync(path, 'utf8').split('\n')
  const found: { place: string; code: string }[] = []
  let open: string[] | undefined
  lines.forEach((line, at) => {
    const text = line.replace(/^\s*\* ?/, '')
    if (text === '```ts') open = []
    else if (text === '```' && open !== undefined) {
      const code = open.join('\n')
      const place = `${relative(root, path)}:${at + 1 - open.length}`
      found.push({ place, code: /from 'odradek/.test(code) ? code : preamble + code })
      open = undefined
    } else open?.push(text)
  })
  return found
}

const all = folders.flatMap((name) =>
  readdirSync(join(root, name), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => examples(join(root, name, file))),
)
for (const page of ['log.md', 'queue.md', 'migration.md']) {
  all.push(...examples(join(root, 'docs', page)))
}

test('all of them compile', () => {
  expect(all.length).toBeGreaterThan(80)
  all.forEach(({ place, code }, at) => {
    writeFileSync(join(folder, `example-${at}.ts`), `// ${place}\n${code}\nexport {}\n`)
  })
  const config = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: {
      noEmit: true,
      incremental: false,
      tsBuildInfoFile: null,
      rootDir: root,
      isolatedDeclarations: false,
      declaration: false,
      allowImportingTsExtensions: true,
      noUnusedLocals: false,
      lib: ['es2023', 'esnext.disposable'],
      types: ['node'],
      paths: {
        odradek: [join(root, 'src/index.ts')],
        'odradek/broker': [join(root, 'src/broker/index.ts')],
        'odradek/client': [join(root, 'src/client/index.ts')],
      },
    },
    include: [join(folder, '*.ts')],
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  const compiler = join(root, 'node_modules', '.bin', 'tsc')
  const run = spawnSync(compiler, ['-p', folder], { encoding: 'utf8', cwd: root })
  const places = run.stdout.replace(
    /\S*example-(\d+)\.ts/g,
    (_, at) => all[Number(at)]?.place ?? '',
  )
  expect(places).toBe('')
  expect(run.status).toBe(0)
}, 120_000)
