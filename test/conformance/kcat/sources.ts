import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..', '..', '..')
const fileBytesMax = 4 * 1024 * 1024
/** Longer lines (minified code) are left out: they would dominate the sizes. */
const lineBytesMax = 16 * 1024

/** Folders of real text on this machine; those that are missing are passed over. */
const folders = [
  join(root, 'native'),
  join(root, 'src'),
  join(root, 'test'),
  join(root, 'node_modules'),
  '/var/log',
  '/usr/include',
  '/usr/share/doc',
  '/usr/share/perl',
  '/usr/lib/python3',
]

/** One line of one text file, without its line end. */
export interface SourceLine {
  /** Path of the file. */
  readonly path: string
  readonly text: Buffer
}

/**
 * All lines of the machine's text files, in the order of the sorted paths, again from the start
 * when they are used up. The same files give the same lines.
 */
export function* sourceLines(): Generator<SourceLine, never> {
  for (;;) {
    for (const folder of folders) {
      for (const file of textFiles(folder)) {
        const path = relative(root, file)
        for (const text of linesOf(file)) yield { path, text }
      }
    }
  }
}

function* textFiles(folder: string): Generator<string> {
  let entries: string[]
  try {
    entries = readdirSync(folder).sort()
  } catch {
    return
  }
  for (const entry of entries) {
    const path = join(folder, entry)
    const state = statSync(path, { throwIfNoEntry: false })
    if (state?.isDirectory()) yield* textFiles(path)
    else if (state?.isFile() && state.size > 0 && state.size <= fileBytesMax) yield path
  }
}

function* linesOf(file: string): Generator<Buffer> {
  let bytes: Buffer
  try {
    bytes = readFileSync(file)
  } catch {
    return
  }
  // A NUL near the beginning tells a binary file.
  if (bytes.subarray(0, 8192).includes(0)) return
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(0x0a, start)
    const end = newline < 0 ? bytes.length : newline
    if (end - start <= lineBytesMax) yield bytes.subarray(start, end)
    start = end + 1
  }
}
