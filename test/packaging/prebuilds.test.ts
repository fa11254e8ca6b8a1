/** Each cross-built binary is for the machines that its folder names, and asks no more of them. */
import { expect, test } from 'vitest'
import { isCurrentPrebuild, prebuildFile } from '../../scripts/prebuild-stamp.mjs'
import { readSharedLibrary } from './shared-library.ts'

/** The C library in all its parts and its loader: nothing else is asked for, no C++ library. */
const glibc = /^(lib(c|m|dl|rt|pthread)\.so\.\d|ld-linux-[\w-]+\.so\.\d)$/
/** The newest symbols of Debian 10's and RHEL 8's, the oldest on which Node 20 runs. */
const glibcNewest = 28

const processors = ['x64', 'arm64'] as const

function current(name: string, skip: (reason: string) => void): void {
  if (!isCurrentPrebuild(name)) skip(`${name} is not built of these sources: npm run prebuild`)
}

test.for(processors)('linux-%s asks for glibc 2.28 at most', (processor, { skip }) => {
  const name = `linux-${processor}`
  current(name, skip)
  const library = readSharedLibrary(prebuildFile(name))
  expect(library).toMatchObject({ format: 'elf', processor })
  expect(library.needed.filter((needed) => !glibc.test(needed))).toEqual([])
  const minors = library.symbolVersions.map((version) => /^GLIBC_2\.(\d+)/.exec(version)?.[1])
  expect(minors.length).toBeGreaterThan(0)
  expect(Math.max(...minors.map(Number)), String(library.symbolVersions)).toBeLessThanOrEqual(
    glibcNewest,
  )
})

test.for(processors)('linux-%s-musl asks for musl alone', (processor, { skip }) => {
  const name = `linux-${processor}-musl`
  current(name, skip)
  const library = readSharedLibrary(prebuildFile(name))
  expect(library).toMatchObject({ format: 'elf', processor, needed: ['libc.so'] })
  expect(library.symbolVersions).toEqual([])
})

test.for(processors)('darwin-%s asks for macOS 12', (processor, { skip }) => {
  const name = `darwin-${processor}`
  current(name, skip)
  const library = readSharedLibrary(prebuildFile(name))
  expect(library).toMatchObject({ format: 'mach-o', processor, oldestSystem: '12.0' })
  expect(library.needed).toEqual(['/usr/lib/libSystem.B.dylib'])
  if (processor === 'arm64') expect(library.isSigned).toBe(true)
})

test('what is no shared library is told', () => {
  expect(() => readSharedLibrary(import.meta.filename)).toThrow('neither ELF nor Mach-O')
})
