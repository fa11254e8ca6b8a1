import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { importsOf, nativeViolations, typeScriptViolations } from './import-law.ts'
import { type Layer, nativeLayers, systemRules, typeScriptLayers } from './layers.ts'
import { parse, readTree, root } from './source-tree.ts'

const files = readTree().filter((file) => /^(native|src)\/.*\.(ts|cc|h)$/.test(file.path))
const parsed = files.map(parse)
const native = parsed.filter((file) => file.path.startsWith('native/'))
const typeScript = parsed.filter((file) => file.path.startsWith('src/'))

/** Violations of one C++ file with this text, beside the headers of every folder. */
function nativeCheck(path: string, text: string): string[] {
  const headers = nativeLayers.map(({ folder }) => ({ path: `${folder}/x.h`, text: '' }))
  return nativeViolations([...headers, { path, text }].map(parse))
}

/** Violations of one TypeScript file with this text, beside some of the real file names. */
function typeScriptCheck(path: string, text: string): string[] {
  const others = [
    ...typeScriptLayers.flatMap(({ folder }) => [`${folder}/x.ts`, `${folder}/index.ts`]),
    'src/storage/log-store.ts',
    'src/protocol/generate.ts',
  ]
  return typeScriptViolations(
    [...others.map((other) => ({ path: other, text: '' })), { path, text }].map(parse),
  )
}

describe('the import law', () => {
  it('holds in native/', () => {
    expect(native.length).toBeGreaterThan(0)
    expect(nativeViolations(native)).toEqual([])
  })

  it('holds in src/', () => {
    expect(typeScript.length).toBeGreaterThan(0)
    expect(typeScriptViolations(typeScript)).toEqual([])
  })

  it('gives each folder one line with a reason, lowest first', () => {
    for (const layers of [nativeLayers, typeScriptLayers] as (readonly Layer[])[]) {
      const seen = new Set<string>()
      for (const { folder, mayImport, reason } of layers) {
        expect(seen.has(folder)).toBe(false)
        expect(reason.length).toBeGreaterThan(10)
        for (const target of mayImport.filter((one) => !one.startsWith('*'))) {
          const owner = target.endsWith('.ts') ? target.replace(/\/[^/]+$/, '') : target
          expect(seen, `${folder} imports ${target}, which stands below it`).toContain(owner)
        }
        seen.add(folder)
      }
    }
    for (const { reason } of systemRules) expect(reason.length).toBeGreaterThan(10)
  })

  it('leaves generated code to the same law', () => {
    expect(
      typeScriptCheck('src/protocol/generated/a.ts', "import '../../broker/x.ts'"),
    ).toHaveLength(1)
  })

  it('names files that exist where it names one file', () => {
    const folders = new Set(typeScript.map((file) => file.path.replace(/\/[^/]+$/, '')))
    const named = typeScriptLayers.flatMap((layer) => layer.mayImport)
    for (const file of named.filter((one) => one.endsWith('.ts') && !one.startsWith('*'))) {
      const folder = file.replace(/\/[^/]+$/, '')
      const isBuilt = folders.has(folder) && !/(batch|record-batch|index)\.ts$/.test(file)
      if (isBuilt) expect(existsSync(join(root, file)), file).toBe(true)
    }
  })
})

describe('a violation in C++ is caught', () => {
  it.each([
    ['a lower folder that includes a higher one', 'native/batch/a.h', '#include "log/x.h"'],
    ['two folders of one row', 'native/log/a.cc', '#include "net/x.h"'],
    ['a header that does not exist', 'native/log/a.cc', '#include "batch/gone.h"'],
    ['a folder without a line in the law', 'native/extra/a.cc', ''],
    ['N-API outside of the binding', 'native/data_path/a.cc', '#include <napi.h>'],
    ['file headers outside of file', 'native/log/a.cc', '#include <sys/stat.h>'],
    ['descriptor flags outside of file and net', 'native/log/a.cc', '#include <fcntl.h>'],
    ['a file call by another header', 'native/log/a.cc', 'int fd = ::open(path, 0);'],
    ['a file call on the far side of a condition', 'native/net/a.cc', 'if (ok) ::unlink(path);'],
    ['a file call by its own name', 'native/net/a.cc', 'return fdatasync(fd);'],
    ['a mapped file', 'native/net/a.cc', 'mmap(nullptr, n, PROT_READ, MAP_SHARED, fd, 0);'],
    ['a socket in the log', 'native/log/a.cc', '#include <sys/socket.h>'],
    ['an exception', 'native/base/a.cc', 'void f() { throw 1; }'],
  ])('%s', (_, path, text) => {
    expect(nativeCheck(path, text)).toHaveLength(1)
  })

  it.each([
    ['what the law allows', 'native/log/a.cc', '#include "batch/x.h"\n#include "file/x.h"'],
    ['a comment', 'native/log/a.cc', '// #include "net/x.h"\n/* open(path) */'],
    ['a string', 'native/log/a.cc', 'const char* text = "open(path) and throw";'],
    [
      'a method of ours',
      'native/log/a.cc',
      'files.open(path); file->rename(name); Log::open(path); open(path);',
    ],
    ['a declaration without arguments', 'native/net/a.h', 'bool open() const;'],
    ['anonymous memory', 'native/net/a.cc', 'mmap(nullptr, n, RW,\n     MAP_ANONYMOUS, -1, 0);'],
    ['a digit separator', 'native/log/a.cc', "int a = 1'000; // 'throw\nint b = 2'000;"],
  ])('but not %s', (_, path, text) => {
    expect(nativeCheck(path, text)).toEqual([])
  })
})

describe('a violation in TypeScript is caught', () => {
  it.each([
    ['a lower folder that imports a higher one', 'src/base/a.ts', "import '../record/x.ts'"],
    ['two folders of one row', 'src/record/a.ts', "import { a } from '../protocol/x.ts'"],
    ['a type is an import too', 'src/record/a.ts', "import type { A } from '../protocol/x.ts'"],
    ['a re-export', 'src/record/a.ts', "export { a } from '../protocol/x.ts'"],
    ['an import at run time', 'src/record/a.ts', "const a = await import('../broker/x.ts')"],
    ['an import over several lines', 'src/base/a.ts', "import {\n  a,\n} from '../record/x.ts'"],
    ['a worker', 'src/base/a.ts', "new URL('../broker/x.ts', import.meta.url)"],
    ['storage other than by its port', 'src/coordinator/a.ts', "import '../storage/x.ts'"],
    ['an inner file of a public folder', 'src/cli/a.ts', "import '../broker/x.ts'"],
    ['a file outside of src', 'src/broker/a.ts', "import '../../test/layers.ts'"],
    ['an ending other than .ts', 'src/broker/a.ts', "import '../storage/x.js'"],
    ['a file that does not exist', 'src/broker/a.ts', "import '../storage/gone.ts'"],
    ['a development script', 'src/protocol/a.ts', "import './generate.ts'"],
    ['I/O in a pure folder', 'src/metadata/a.ts', "import { readFileSync } from 'node:fs'"],
    ['a package of another folder', 'src/broker/a.ts', "import { Command } from 'commander'"],
    ['a second loader of native code', 'src/storage/a.ts', 'createRequire(import.meta.url)'],
    ['a native file', 'src/compression/a.ts', "const file = 'odradek.node'"],
    ['a package by require', 'src/compression/a.ts', "require('commander')"],
    ['a folder without a line in the law', 'src/extra/a.ts', ''],
  ])('%s', (_, path, text) => {
    expect(typeScriptCheck(path, text)).toHaveLength(1)
  })

  it.each([
    ['what the law allows', 'src/coordinator/a.ts', "import '../storage/log-store.ts'"],
    ['a public index', 'src/cli/a.ts', "import '../broker/index.ts'"],
    ['a package where it belongs', 'src/cli/a.ts', "import { Command } from 'commander'"],
    ['a comment', 'src/base/a.ts', "// import '../broker/x.ts'\n/* import '../broker/x.ts' */"],
    [
      'a package that loads late',
      'src/compression/a.ts',
      "createRequire(here)('x'); require('snappy')",
    ],
    ['I/O of a development script', 'src/protocol/generate.ts', "import 'node:fs'"],
  ])('but not %s', (_, path, text) => {
    expect(typeScriptCheck(path, text)).toEqual([])
  })

  it('in a text with templates and regular expressions', () => {
    const template = 'const a = `x$' + '{`y$' + '{1}`}z`'
    const text = `${template} + /['"\`/]/.source // '\nimport '../record/x.ts'`
    const { uncommented } = parse({ path: 'src/base/a.ts', text })
    expect(importsOf(uncommented)).toEqual(['../record/x.ts'])
  })
})
