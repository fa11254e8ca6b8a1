import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { nativeCrc32c } from '../../src/addon/batch.ts'
import { crc32c } from '../../src/protocol/crc32c.ts'

it('is the checksum that the portable one gives, wherever the bytes lie', () => {
  const native = nativeCrc32c()
  expect(native?.(Buffer.from('123456789'))).toBe(0xe3069283)
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat({ max: 20 }), (bytes, from) => {
      const part = bytes.subarray(from)
      expect(native?.(part)).toBe(crc32c(part))
    }),
  )
})

it('refuses what are no bytes', () => {
  const native = nativeCrc32c() as (bytes: unknown) => number
  for (const wrong of [undefined, null, 5, 'text', {}, new Float64Array(1)]) {
    expect(() => native(wrong)).toThrow(TypeError)
  }
  expect(() => native(new Uint8Array(new SharedArrayBuffer(8)))).toThrow(TypeError)
})

it('is nothing where the module does not load', () => {
  const file = join(import.meta.dirname, '..', '..', 'dist', 'addon', 'batch.js')
  const code = `import('${file}').then(({ nativeCrc32c }) => console.log(String(nativeCrc32c())))`
  const env = { ...process.env, ODRADEK_BINARY: join(import.meta.dirname, 'absent.node') }
  expect(spawnSync(process.execPath, ['-e', code], { env, encoding: 'utf8' }).stdout).toBe(
    'undefined\n',
  )
})
