import { readFileSync } from 'node:fs'

/**
 * Whether this processor has an instruction for CRC-32C, told by the system and not by the code
 * that is to find it. Where the system does not tell, it has: every Mac does.
 */
export function hasChecksumInstruction(): boolean {
  if (process.platform !== 'linux') return true
  return namesChecksumInstruction(readFileSync('/proc/cpuinfo', 'utf8'))
}

/** Whether the text of /proc/cpuinfo names it: x86-64 calls it sse4_2, arm64 crc32. */
export function namesChecksumInstruction(cpuinfo: string): boolean {
  return /^(flags|Features)\s*:.*\b(sse4_2|crc32)\b/m.test(cpuinfo)
}
