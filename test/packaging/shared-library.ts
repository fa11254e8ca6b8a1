/** Reads what a shared library says of itself: of 64-bit, little-endian ELF and Mach-O files. */
import { readFileSync } from 'node:fs'

/** What the headers of a shared library say. */
export interface SharedLibrary {
  readonly format: 'elf' | 'mach-o'
  /** By Node's names. */
  readonly processor: string
  /** Libraries that the loader has to find. */
  readonly needed: readonly string[]
  /** Versions of their symbols, such as `GLIBC_2.17`; of ELF only. */
  readonly symbolVersions: readonly string[]
  /** The oldest system, such as `12.0`; of Mach-O only. */
  readonly oldestSystem: string | undefined
  /** Whether it carries a signature, which macOS asks for on arm64; of Mach-O only. */
  readonly isSigned: boolean
}

/** Reads a file; throws if it is of neither format. */
export function readSharedLibrary(file: string): SharedLibrary {
  const bytes = readFileSync(file)
  const magic = bytes.readUInt32LE(0)
  if (magic === 0x464c457f) return readElf(bytes)
  if (magic === 0xfeedfacf) return readMachO(bytes)
  throw new Error(`${file} is neither ELF nor Mach-O: it begins with ${magic.toString(16)}`)
}

/** Numbers of elf.h. */
const elf = { dynamicSection: 6, neededTag: 1, x64: 62, arm64: 183 } as const

function readElf(bytes: Buffer): SharedLibrary {
  const processors = new Map<number, string>([
    [elf.x64, 'x64'],
    [elf.arm64, 'arm64'],
  ])
  const dynamic = sections(bytes).find(({ type }) => type === elf.dynamicSection)
  const names = dynamic && sections(bytes)[dynamic.link]
  if (dynamic === undefined || names === undefined) throw new Error('an ELF that loads nothing')
  const needed: string[] = []
  for (let at = 0; at < dynamic.content.length; at += 16) {
    if (dynamic.content.readBigInt64LE(at) !== BigInt(elf.neededTag)) continue
    needed.push(textAt(names.content, Number(dynamic.content.readBigUInt64LE(at + 8))))
  }
  const texts = names.content.toString('latin1').split('\0')
  return {
    format: 'elf',
    processor: processors.get(bytes.readUInt16LE(18)) ?? 'unknown',
    needed,
    symbolVersions: texts.filter((text) => /^[A-Z]+_\d[\d.]*$/.test(text)),
    oldestSystem: undefined,
    isSigned: false,
  }
}

interface Section {
  readonly type: number
  /** The section that holds the texts of this one. */
  readonly link: number
  readonly content: Buffer
}

function sections(bytes: Buffer): Section[] {
  const [start, size, count] = [
    Number(bytes.readBigUInt64LE(40)),
    bytes.readUInt16LE(58),
    bytes.readUInt16LE(60),
  ]
  return Array.from({ length: count }, (_, index) => {
    const at = start + index * size
    const offset = Number(bytes.readBigUInt64LE(at + 24))
    const length = Number(bytes.readBigUInt64LE(at + 32))
    return {
      type: bytes.readUInt32LE(at + 4),
      link: bytes.readUInt32LE(at + 40),
      content: bytes.subarray(offset, offset + length),
    }
  })
}

/** Numbers of mach-o/loader.h. */
const machO = { loadLibrary: 0xc, buildVersion: 0x32, signature: 0x1d } as const

function readMachO(bytes: Buffer): SharedLibrary {
  const processors = new Map([
    [0x01000007, 'x64'],
    [0x0100000c, 'arm64'],
  ])
  const commands = new Map<number, Buffer[]>()
  let at = 32
  for (let left = bytes.readUInt32LE(16); left > 0; left--) {
    const command = bytes.subarray(at, at + bytes.readUInt32LE(at + 4))
    const kind = command.readUInt32LE(0)
    commands.set(kind, [...(commands.get(kind) ?? []), command])
    at += command.length
  }
  const version = commands.get(machO.buildVersion)?.[0]?.readUInt32LE(12)
  const libraries = commands.get(machO.loadLibrary) ?? []
  return {
    format: 'mach-o',
    processor: processors.get(bytes.readUInt32LE(4)) ?? 'unknown',
    needed: libraries.map((command) => textAt(command, command.readUInt32LE(8))),
    symbolVersions: [],
    oldestSystem: version === undefined ? undefined : `${version >> 16}.${(version >> 8) & 255}`,
    isSigned: commands.has(machO.signature),
  }
}

function textAt(bytes: Buffer, offset: number): string {
  return bytes.toString('latin1', offset, bytes.indexOf(0, offset))
}
