// Installs the Debian packages that tests and checks use, where this is a Debian and we are root.
// Elsewhere nothing happens: each test that needs one says that it is skipped and why.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** What is used, by package: a file that shows it is there. */
const packages = {
  'doctest-dev': '/usr/include/doctest/doctest.h',
  'clang-format': '/usr/bin/clang-format',
  'clang-tidy': '/usr/bin/clang-tidy',
  mount: '/usr/bin/mount',
  e2fsprogs: '/usr/sbin/mkfs.ext4',
  xfsprogs: '/usr/sbin/mkfs.xfs',
  kcat: '/usr/bin/kcat',
  maven: '/usr/bin/mvn',
  'default-jdk-headless': '/usr/bin/javac',
}

/** Installs what is missing and can be installed; prints a line only where it did or failed. */
export function setupPackages() {
  const missing = Object.keys(packages).filter((name) => !existsSync(packages[name]))
  if (missing.length === 0 || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return
  console.log(`installing ${missing.join(', ')}`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const aptGet = (...args) =>
    spawnSync('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=60', ...args], {
      env,
      timeout: 600_000,
      encoding: 'utf8',
    })
  aptGet('update')
  const install = aptGet('install', '-y', '--no-install-recommends', ...missing)
  if (install.status !== 0) {
    const reason = install.stderr?.trim().split('\n').at(-1) ?? String(install.error)
    console.log(`not installed: ${missing.join(', ')} (${reason})`)
  }
}
