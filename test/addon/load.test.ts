import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { prebuildName as buildScriptsName } from '../../scripts/prebuild-name.mjs'
import {
  loadNativeModule,
  NativeModuleError,
  nativeModuleFiles,
  prebuildName,
} from '../../src/addon/load.ts'

/** The error that `run` throws; fails where it throws none or another. */
function thrownBy(run: () => unknown): NativeModuleError {
  try {
    run()
  } catch (error) {
    if (error instanceof NativeModuleError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('loadNativeModule', () => {
  let root: string

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'odradek-load-'))
  })
  afterEach(() => rmSync(root, { recursive: true }))

  it('names the command and every searched place where there is no binary', () => {
    const error = thrownBy(() => loadNativeModule({ root, override: undefined }))
    expect(error.problem).toBe('missing')
    expect(error.code).toBe('ERR_ODRADEK_NATIVE_MODULE')
    expect(error.message).toContain('"npm run compile:native"')
    for (const file of nativeModuleFiles({ root, override: undefined })) {
      expect(error.message).toContain(file)
    }
  })

  it('names the file and the reason where the system refuses a binary', () => {
    const folder = join(root, 'prebuilds', prebuildName())
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'odradek.node'), 'not a shared object')
    const error = thrownBy(() => loadNativeModule({ root, override: undefined }))
    expect(error.problem).toBe('unloadable')
    expect(error.files).toEqual([join(folder, 'odradek.node')])
    expect(error.cause).toBeInstanceOf(Error)
  })

  it('tries a named file alone, also where a build exists', () => {
    const folder = join(root, 'build', 'Release')
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'odradek.node'), 'not a shared object')
    const named = join(root, 'absent.node')
    const error = thrownBy(() => loadNativeModule({ root, override: named }))
    expect(error.problem).toBe('missing')
    expect(error.files).toEqual([named])
  })

  it('prefers a local build to a prebuilt file', () => {
    const [local, prebuilt] = nativeModuleFiles({ root, override: undefined })
    expect(local).toBe(join(root, 'build', 'Release', 'odradek.node'))
    expect(prebuilt).toBe(join(root, 'prebuilds', prebuildName(), 'odradek.node'))
  })

  it('calls the prebuilt folder as the build scripts do', () => {
    expect(prebuildName()).toBe(buildScriptsName())
    expect(prebuildName()).toContain(`${process.platform}-${process.arch}`)
  })

  it('tells the C library without a report, which a start would wait for', () => {
    const report = vi.spyOn(process.report, 'getReport')
    expect(prebuildName()).not.toBe('')
    expect(report).not.toHaveBeenCalled()
    report.mockRestore()
  })
})
