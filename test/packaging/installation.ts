import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Tarball } from './tarball.ts'
import type { PackageManager } from './toolchain.ts'

/** A project of a user, which has the package installed and nothing else. */
export interface Installation {
  /** The project, from which programs find the package by its name. */
  readonly project: string
  /** The package in it. */
  readonly package: string
  /** Takes the project away. */
  remove(): void
}

/** Installs a tarball into a project of its own in a temporary folder; throws what went wrong. */
export function install(
  tarball: Tarball,
  manager: PackageManager,
  env: NodeJS.ProcessEnv,
): Installation {
  const project = mkdtempSync(join(tmpdir(), 'odradek-project-'))
  const remove = () => rmSync(project, { recursive: true, force: true })
  writeFileSync(join(project, 'package.json'), '{ "name": "empty", "private": true }\n')
  const [program = '', ...args] = manager.command(tarball.file)
  const run = spawnSync(program, args, { cwd: project, env, encoding: 'utf8' })
  if (run.status !== 0) {
    remove()
    throw new Error(`${manager.name} cannot install it: ${run.stdout}${run.stderr}`)
  }
  return { project, package: join(project, 'node_modules', 'odradek'), remove }
}
