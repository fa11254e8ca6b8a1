/** The entry `odradek/client` as a program meets it: imported, required, and by what it loads. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..', '..', '..')

function run(kind: 'module' | 'commonjs', code: string) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [`--input-type=${kind}`, '--no-warnings', '-e', code],
    { cwd: root, encoding: 'utf8' },
  )
  return { status, stdout: stdout.trim(), stderr }
}

test('it is imported', () => {
  const code = "const { Admin } = await import('odradek/client'); console.log(typeof Admin)"
  expect(run('module', code)).toEqual({ status: 0, stdout: 'function', stderr: '' })
})

test('it is required, as it waits for nothing at its top', () => {
  const code =
    "const { Admin, AdminError } = require('odradek/client'); console.log(AdminError.name)"
  expect(run('commonjs', code)).toEqual({ status: 0, stdout: 'AdminError', stderr: '' })
})

test('it loads neither the native module nor anything of the broker', () => {
  const code = `
    require('odradek/client')
    const native = Object.keys(require.cache).filter((path) => path.endsWith('.node'))
    const { sharedObjects } = process.report.getReport()
    const shared = sharedObjects.filter((path) => /odradek.*\\.node/.test(path))
    console.log(JSON.stringify([...native, ...shared]))`
  expect(run('commonjs', code)).toMatchObject({ status: 0, stdout: '[]' })
})

test('a client that was never closed and never used does not keep the process', () => {
  const code =
    "const { Admin } = require('odradek/client'); new Admin({ bootstrapServers: 'localhost:1' })"
  expect(run('commonjs', code)).toMatchObject({ status: 0, stdout: '' })
})

test('a call that waits keeps the process until it has ended', () => {
  const code = `
    const { Admin } = require('odradek/client')
    const admin = new Admin({ bootstrapServers: '127.0.0.1:1', defaultApiTimeoutMs: 400 })
    admin.listTopics().catch((error) => console.log(error.code)).finally(() => admin.close())`
  expect(run('commonjs', code)).toMatchObject({ status: 0, stdout: 'NETWORK_EXCEPTION' })
})
