// Finds the compiler that builds for every platform: Zig's clang, of one pinned version, by PyPI's
// package where the machine has no other. It brings each target's C library and its own libc++.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { BuildFailure } from './build-failure.mjs'

const version = '0.15.2'
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'odradek')

function isWanted(command) {
  const { status, stdout } = spawnSync(command, ['version'], { encoding: 'utf8' })
  return status === 0 && stdout.trim() === version
}

/** The command of Zig: the variable `ZIG`, the one on the path, or one installed into the cache. */
export function zigCommand() {
  for (const command of process.env.ZIG ? [process.env.ZIG] : ['zig']) {
    if (isWanted(command)) return command
  }
  if (process.env.ZIG) throw new BuildFailure(`ZIG names no Zig ${version}: ${process.env.ZIG}.`)
  const folder = join(cache, `zig-${version}`)
  const command = join(folder, 'ziglang', 'zig')
  if (existsSync(command) && isWanted(command)) return command
  mkdirSync(folder, { recursive: true })
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps']
  const line = [...pip, '--upgrade', '--target', folder, `ziglang==${version}`]
  const install = spawnSync('python3', line, { stdio: ['ignore', 'inherit', 'inherit'] })
  if (install.status === 0 && isWanted(command)) return command
  throw new BuildFailure(
    `Zig ${version} is missing: install it, or Python 3 with pip ` +
      `("python3 -m pip install ziglang==${version}"), or name it by the variable ZIG.`,
  )
}
