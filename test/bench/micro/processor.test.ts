import { describe, expect, it } from 'vitest'
import { namesChecksumInstruction } from '../../../bench/micro/processor.ts'

describe('namesChecksumInstruction', () => {
  it('reads the words for it of both architectures', () => {
    const x64 = 'model name\t: Some CPU\nflags\t\t: fpu sse sse4_1 sse4_2 x2apic\nbugs\t\t:\n'
    const arm64 = 'processor\t: 0\nFeatures\t: fp asimd aes pmull sha1 crc32 atomics\n'
    expect([x64, arm64].map(namesChecksumInstruction)).toEqual([true, true])
  })

  it('finds none on a processor without', () => {
    const x64 = 'model name\t: sse4_2 emulator\nflags\t\t: fpu sse sse4_1 x2apic\n'
    const arm64 = 'Features\t: fp asimd aes\nCPU part\t: crc32\n'
    expect([x64, arm64, ''].map(namesChecksumInstruction)).toEqual([false, false, false])
  })
})
